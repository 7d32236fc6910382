/** `npm start`: brings the whole system up on this machine, lets somebody leave, and shows what happens. */
import { setTimeout as sleep } from 'node:timers/promises'
import { type Request, readArguments, usage } from './arguments.ts'
import type { LocalStack } from './stack.ts'

const GIVE_UP_MS = 30_000
const KEPT_LINES = 5

async function carryOut(request: Request): Promise<number> {
  switch (request.kind) {
    case 'help':
      console.log(usage())
      return 0
    case 'wrong':
      console.error(`${request.problem}\n\n${usage()}`)
      return 2
    case 'run': {
      const status = await onStack(request)
      if (status === 2) console.error(`\n${usage()}`)
      return status
    }
  }
}

async function onStack({ json, load }: Extract<Request, { kind: 'run' }>): Promise<number> {
  if (!json) console.log('Starting Atlas, AWS and the Lambda functions on this machine …')
  const [{ freshBundles }, { startLocalStack }, { jsonPrinter, textPrinter }, story] = await Promise.all([
    import('./bundles.ts'),
    import('./stack.ts'),
    import('./print.ts'),
    load(),
  ])
  const stack = await startLocalStack({ ...story.stack, code: await freshBundles() })
  const printer = json ? jsonPrinter() : textPrinter(new Date())
  try {
    return await Promise.race([story.show(stack, printer), giveUp(stack)])
  } finally {
    await stack.close()
  }
}

async function giveUp({ functions }: LocalStack): Promise<number> {
  await sleep(GIVE_UP_MS, undefined, { ref: false })
  const last = functions.departures.logs.slice(-KEPT_LINES).join('\n')
  console.error(`Gave up after ${GIVE_UP_MS / 1000} s. The departures function logged last:\n${last}`)
  return 1
}

// Whoever reads our output may have read enough (`| head`).
process.stdout.on('error', () => process.exit())
process.exitCode = await carryOut(readArguments(process.argv.slice(2)))
