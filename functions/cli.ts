/** The command `atlas-offboarding`: asks the two operator functions, and tells a human or a program what they answer. */
import { readFileSync } from 'node:fs'
import { findPackageJSON } from 'node:module'
import { setTimeout as sleep } from 'node:timers/promises'
import { lambdaInvoke } from '../lib/cli/invoke.ts'
import { runCommand } from '../lib/cli/run.ts'
import { terminalOf } from '../lib/cli/terminal.ts'

const { version } = JSON.parse(readFileSync(findPackageJSON(import.meta.url) ?? '', 'utf8'))

const terminal = terminalOf(process, {
  now: () => new Date(),
  sleep,
  every(ms, work) {
    const timer = setInterval(work, ms)
    return () => clearInterval(timer)
  },
})

// Whoever reads our output may have read enough (`| head`).
process.stdout.on('error', () => process.exit())
process.exitCode = await runCommand(process.argv.slice(2), {
  terminal,
  version,
  connect: (target) => lambdaInvoke(target),
})
