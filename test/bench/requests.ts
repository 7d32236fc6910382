import { deliver } from '../../lib/senders/deliver.ts'
import { departureBody, recordOf } from './leavers.ts'
import type { Figure } from './measure.ts'
import { virtualSystem } from './virtual-system.ts'

const MINUTE_MS = 60_000
const HOURS = 24
const SMALL_ORG = 100
/** No member has this name. */
const NOBODY = 90_000

/** Counts the requests that one execution environment sends to Atlas, for an organization of fewer than 500 members. */
export async function measure(): Promise<readonly Figure[]> {
  const small = await systemWith({ leavers: SMALL_ORG, approved: 0 })
  await small.leave(0)
  const removal = await small.requestsFor(() => small.leave(1))
  const absent = await small.requestsFor(() => small.leave(NOBODY))
  const absentAgain = await small.requestsFor(() => small.leave(NOBODY + 1))
  const { tokens, removed } = await steadyDay(MINUTE_MS)
  const busy = await steadyDay(MINUTE_MS / 6)
  return [
    { name: 'requests per removal', value: removal, unit: 'requests', atMost: 3 },
    { name: 'requests for somebody absent', value: absent, unit: 'requests', atMost: 2 },
    {
      name: 'the same while the member list is cached',
      value: absentAgain,
      unit: 'requests',
      atMost: 1,
    },
    {
      name: 'token requests, a leaver every minute',
      value: tokens / HOURS,
      unit: 'per hour',
      atMost: 1,
      note: `${tokens} tokens for ${removed} removals in ${HOURS} h, one execution environment`,
    },
    {
      name: 'token requests, a leaver every 10 s',
      value: busy.tokens / HOURS,
      unit: 'per hour',
      note: `${busy.tokens} tokens in ${HOURS} h: a token is renewed 30 s before it expires, so fewer are impossible`,
    },
  ]
}

async function systemWith(options: { readonly leavers: number; readonly approved?: number }) {
  const { time, atlas, environment } = await virtualSystem({ ...options, rateLimits: 'off' })
  const deps = environment()
  const asked = () => ['listOrgUsers', 'getOrgUser', 'removeOrgUser', 'listOrgEvents'].map(atlas.count)
  const total = () => asked().reduce((sum, count) => sum + count, 0)
  return {
    time,
    atlas,
    leave(leaver: number) {
      const record = recordOf({ id: `m-${leaver}`, body: departureBody(leaver, time.now()) })
      return time.run(deliver(deps, { Records: [record] }, new Date(time.now().getTime() + MINUTE_MS)))
    },
    async requestsFor(work: () => Promise<unknown>): Promise<number> {
      const before = total()
      await work()
      return total() - before
    },
  }
}

/** A day with a leaver at every such interval. */
async function steadyDay(everyMs: number) {
  const departures = (HOURS * 60 * MINUTE_MS) / everyMs
  const { time, atlas, leave } = await systemWith({ leavers: departures })
  const start = time.now().getTime()
  for (let leaver = 0; leaver < departures; leaver += 1) {
    await time.runUntil(new Date(start + leaver * everyMs))
    await leave(leaver)
  }
  return { tokens: atlas.count('token'), removed: atlas.count('removeOrgUser 204') }
}
