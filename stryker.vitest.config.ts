import { defineConfig } from 'vitest/config'

/** The unit tests alone: they decide whether a change of the core is noticed. */
export default defineConfig({
  test: { include: ['test/unit/*.test.ts', 'test/unit/{domain,atlas,operator}/**/*.test.ts'] },
})
