/** A process of its own, so that the doubles do not share the event loop of what is measured: Atlas and AWS on loopback. */
import { startAtlasEmulator } from '../../../infra/local/atlas/emulator.ts'
import { ORG_ID, orgWithLeavers, SECRET } from '../leavers.ts'
import { approvedTable } from './approved-table.ts'
import { startAwsDouble } from './aws-double.ts'
import type { DoublesOptions } from './doubles.ts'

const options = JSON.parse(process.argv[2] ?? '{}') as DoublesOptions
const atlas = await startAtlasEmulator({
  orgs: [orgWithLeavers(options.leavers)],
  latencyMs: options.atlasMs,
  rateLimits: 'off',
})
const clock = { now: () => new Date(), sleep: async () => undefined, random: Math.random }
const table = await approvedTable(options.approved ? options.leavers : 0, clock)
const aws = await startAwsDouble({ delayMs: options.awsMs, secret: JSON.stringify(SECRET), table })

process.on('message', () => process.send?.(atlas.state.org(ORG_ID).removed.size))
process.on('disconnect', () => process.exit())
process.send?.({ atlasUrl: atlas.url, awsUrl: aws.url })
