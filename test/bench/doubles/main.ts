/** A process of its own, so that the doubles do not share the event loop of what is measured: Atlas and AWS on loopback. */
import { startAtlasEmulator } from '../../../infra/local/atlas/emulator.ts'
import { orgsWithLeavers, orgWithLeavers, SECRET } from '../leavers.ts'
import { approvedTable } from './approved-table.ts'
import { startAwsDouble } from './aws-double.ts'
import type { DoublesOptions, FromDoubles } from './doubles.ts'

const options = JSON.parse(process.argv[2] ?? '{}') as DoublesOptions
const { leavers, inOrgs } = options
const orgs = inOrgs
  ? orgsWithLeavers(inOrgs, leavers / inOrgs)
  : [{ ...orgWithLeavers(leavers), secret: SECRET }]
const secrets = new Map(orgs.map(({ orgId, secret }) => [`atlas/${orgId}`, JSON.stringify(secret)]))
const atlas = await startAtlasEmulator({
  orgs,
  latencyMs: options.atlasMs,
  ...(!options.isLimited && { rateLimits: 'off' }),
})
const clock = { now: () => new Date(), sleep: async () => undefined, random: Math.random }
const table = await approvedTable(options.approved ? leavers : 0, clock)
const say = (message: FromDoubles) => void process.send?.(message)
const aws = await startAwsDouble({
  delayMs: options.awsMs,
  secretOf: (id) => secrets.get(id) ?? JSON.stringify(SECRET),
  table,
  onMessage: (body, delayMs) => say({ kind: 'queued', body, delayMs }),
})

process.on('message', () => {
  const removed = [...atlas.state.orgs.values()].reduce((sum, org) => sum + org.removed.size, 0)
  say({ kind: 'count', removed, refusedAt: refusals() })
})
process.on('disconnect', () => process.exit())
say({ kind: 'started', atlasUrl: atlas.url, awsUrl: aws.url })

function refusals(): readonly number[] {
  return atlas.requests.filter(({ status }) => status === 429).map(({ at }) => at.getTime())
}
