/** `npm run local`: keeps the whole system up on this machine until Ctrl-C, and shows what happens in it. */
import { join } from 'node:path'
import { freshBundles } from './bundles.ts'
import { guide } from './guide.ts'
import { textPrinter } from './print.ts'
import { writeProfiles } from './profiles.ts'
import { startSendEndpoint } from './send-endpoint.ts'
import { readSettings } from './settings.ts'
import { startLocalStack } from './stack.ts'
import { watchTimeline } from './timeline.ts'

/** Stays until Ctrl-C. */
async function stay(settings: Readonly<Record<string, string>>) {
  const ended = new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve())
  })
  const code = await freshBundles()
  const stack = await startLocalStack({ code, settings: { LEFTOVERS: 'report', ...settings } })
  const send = await startSendEndpoint(stack.aws)
  console.log(guide(stack, send.url, await writeProfiles(join(code, 'profiles'), stack.aws)))
  watchTimeline(stack, textPrinter().step)

  await ended
  await Promise.all([send.close(), stack.close()])
}

const settings = readSettings(process.argv.slice(2))
if (typeof settings === 'string') {
  console.error(`${settings}\n\nUsage:\n  npm run local -- [MODE=observe] [MAX_REMOVALS_PER_DAY=2] …`)
  process.exitCode = 2
} else await stay(settings)
