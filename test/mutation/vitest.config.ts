import { defineConfig } from 'vitest/config'

/** The unit tests alone: they decide whether a change of the core is noticed. */
export default defineConfig({
  test: {
    include: ['test/unit/{words,core,atlas}/**/*.test.ts'],
    setupFiles: ['test/support/seed.ts'],
  },
})
