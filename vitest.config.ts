import { defineConfig } from 'vitest/config'
import { BaseSequencer, type TestSpecification } from 'vitest/node'

const WHOLE = { lines: 100, branches: 100 }
/** What takes longest. */
const LONG = [
  '/simulation/simulation.',
  '/artefacts/load.',
  '/drills/security-stack.',
  '/drills/attacks.',
  '/demo/',
  '/pages/',
  '/template/',
  '/integration/',
]

/** A new clone does not know what takes longest: it comes first, so that no worker is left alone with it at the end. */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification) => {
      const place = LONG.findIndex((part) => moduleId.includes(part))
      return place < 0 ? LONG.length : place
    }
    return (await super.sort(files)).toSorted((one, other) => rank(one) - rank(other))
  }
}

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    setupFiles: ['test/support/seed.ts'],
    // Packaged functions, queues and a browser share two cores with each other here.
    testTimeout: 60_000,
    // The longest tests wait for processes; by default one of two processors would do nothing.
    maxWorkers: 2,
    sequence: { sequencer: LongestFirst },
    // No test replaces a module or leaves anything behind: one worker may run many files, which saves their start.
    isolate: false,
    hookTimeout: 120_000,
    reporters: ['default', ['json', { outputFile: 'coverage/tests.json' }]],
    coverage: {
      provider: 'v8',
      include: ['lib/**/*.ts', 'functions/**/*.ts'],
      // Types only, or run only inside a packaged function, where `test/integration/artefacts` does.
      exclude: ['lib/core/{ports,ledger,journal}.ts', 'lib/wire.ts', 'lib/aws/log.ts', 'functions/**'],
      reporter: ['text-summary', 'json-summary'],
      thresholds: {
        lines: 95,
        branches: 95,
        'lib/words/**': WHOLE,
        'lib/core/**': WHOLE,
        'lib/atlas/interpret-{members,secret,status}.ts': WHOLE,
      },
    },
  },
})
