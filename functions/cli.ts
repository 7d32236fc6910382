/** The command `atlas-offboarding`: asks the two operator functions, and shows a human or a program what they answer. */

import { readFileSync } from 'node:fs'
import module from 'node:module'
import { setTimeout as sleep } from 'node:timers/promises'
import { COMMANDS } from '../lib/acts/commands.ts'
import { lambdaInvoke } from '../lib/cli/invoke.ts'
import { runCommand } from '../lib/cli/run.ts'
import { diskAndS3 } from '../lib/cli/storage.ts'
import { terminalOf } from '../lib/cli/terminal.ts'

if (Number(process.versions.node.split('.')[0]) < 24) {
  const wayOut = 'nvm install 24, or https://nodejs.org; a clone has it after npm ci, under node_modules'
  process.stderr.write(
    `atlas-offboarding: needs Node.js 24 or later; this is ${process.version}. Get it: ${wayOut}\n`,
  )
  process.exit(2)
}

const { version } = JSON.parse(readFileSync(module.findPackageJSON(import.meta.url) ?? '', 'utf8'))

const terminal = terminalOf(process, {
  now: () => new Date(),
  sleep,
  every(ms, work) {
    const timer = setInterval(work, ms)
    return () => clearInterval(timer)
  },
})

process.once('SIGINT', () => {
  process.stderr.write('\natlas-offboarding: interrupted; what was asked for may still be carried out\n')
  process.exit(130)
})
// Whoever reads our output may have read enough (`| head`).
process.stdout.on('error', () => process.exit())
process.stderr.on('error', () => undefined)
process.exitCode = await runCommand(process.argv.slice(2), {
  commands: COMMANDS,
  terminal,
  version,
  connect: (installation) =>
    lambdaInvoke(installation, { sts: process.env.AWS_ENDPOINT_URL_STS, now: () => new Date() }),
  storage: diskAndS3,
})
