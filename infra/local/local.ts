/** `npm run local`: keeps the whole system up on this machine until Ctrl-C, and tells what happens in it. */
import { freshBundles } from './bundles.ts'
import { guide } from './guide.ts'
import { textPrinter } from './print.ts'
import { startSendEndpoint } from './send-endpoint.ts'
import { startLocalStack } from './stack.ts'
import { watchTimeline } from './timeline.ts'

const ended = new Promise<void>((resolve) => {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve())
})

const stack = await startLocalStack({ code: await freshBundles(), settings: { LEFTOVERS: 'report' } })
const send = await startSendEndpoint(stack.aws)
console.log(guide(stack, send.url))
watchTimeline(stack, textPrinter().step)

await ended
await Promise.all([send.close(), stack.close()])
