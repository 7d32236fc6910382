/** Prints the outcome of the last test run in one plain line that any CI understands. */
import { readFileSync } from 'node:fs'

const { numPassedTests, numFailedTests, numPendingTests } = JSON.parse(
  readFileSync(new URL('../coverage/tests.json', import.meta.url), 'utf8'),
) as Record<string, number>

console.log(`${numPassedTests} passed, ${numFailedTests} failed, ${numPendingTests} skipped`)
