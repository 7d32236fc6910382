import * as z from 'zod/mini'
import { isObject, type JsonObject } from '../../senders/json.ts'
import { actOf, type Invocation, isRefusal, type OperatorDeps } from '../act.ts'
import { ALONE, CLAIM, listOf } from '../fields.ts'
import { departureIn } from '../remove.ts'

/** The largest removal window there can be. */
const MOST_ORPHANS = 1_000

/**
 * Queues the departures of orphans that two people agreed on; each then goes through every rule. Where one person is enough it queues none:
 * the command then removes one orphan after the other, and waits for each.
 */
export const removeOrphans = actOf({
  name: 'remove-orphans',
  fields: {
    departures: {
      is: listOf(z.custom<JsonObject>(isObject, 'expected a departure'), MOST_ORPHANS, 'departures'),
      needed: true,
    },
    ...CLAIM,
    ...ALONE,
  },
  needsTwo: () => true,
  async does({ queue, clock, settings }: OperatorDeps, { departures, by }, invocation: Invocation) {
    if (!settings.fourEyes && !invocation.confirmed) return { queued: 0, refused: [] }
    const read = departures.map((one) => departureIn({ by, ...one }, invocation, clock.now()))
    const messages = read.flatMap((departure) => {
      return isRefusal(departure) ? [] : [{ message: { kind: 'departure', departure } as const }]
    })
    await queue.send(messages)
    return { queued: messages.length, refused: read.filter(isRefusal) }
  },
})
