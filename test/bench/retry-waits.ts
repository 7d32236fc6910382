import { atlasExchange } from '../../lib/atlas/exchange.ts'
import type { Reply } from '../../lib/atlas/transport.ts'
import type { Figure } from './measure.ts'

/** What a removal waits at most if Atlas answers the DELETE with 500, 500 and 204. */
export async function measure(): Promise<readonly Figure[]> {
  const waits: number[] = []
  const clock = {
    now: () => new Date(waits.reduce((sum, ms) => sum + ms, 0)),
    sleep: async (ms: number) => void waits.push(ms),
    random: () => 1 - Number.EPSILON,
  }
  const exchange = atlasExchange({ transport: unused, clock, journal: { note: () => undefined } })
  const statuses = [500, 500, 204]
  const call = { operation: 'removeOrgUser', orgId: '0'.repeat(24), userId: '1'.repeat(24) } as const
  const { result } = await exchange.retrying(call, new Date(20_000), async () => reply(statuses.shift() ?? 0))
  if (result.kind !== 'reply' || result.status !== 204) throw new Error('Cannot measure waits: no 204')

  const note = `waits of at most ${waits.map((ms) => ms.toFixed(0)).join(' and ')} ms (jitter at its worst)`
  return [{ name: '500, 500, 204', value: clock.now().getTime() / 1_000, unit: 's', atMost: 2, note }]
}

async function unused(): Promise<never> {
  throw new Error('Cannot send: nothing is sent here')
}

function reply(status: number): Reply {
  return { kind: 'reply', status, headers: {}, body: undefined }
}
