import { publish } from '../core/runner.ts'
import { noticeDraft } from '../words/audit-event.ts'
import { ACTS, writes } from './act.ts'
import { actorOf, BY } from './fields.ts'

/** Sends one alert the way every alert goes, so that somebody sees it arrive: audit bus, rule, topic, endpoint. */
export const testAlert = writes({
  name: 'test-alert',
  about: 'sends one alert, so that somebody sees it arrive',
  examples: ['test-alert'],
  fields: { by: BY },
  async does(deps, request, invocation) {
    const draft = noticeDraft({
      ...{ name: 'test_alert', at: deps.clock.now(), actor: actorOf(request, invocation) },
      unmapped: { request_id: invocation.requestId },
    })
    const { outbox } = await deps.ledger.change(ACTS, () => ({ state: {}, drafts: [draft] }))
    const uid = [...(outbox?.effects.keys() ?? [])].at(-1) ?? ACTS
    return { testAlert: uid, taken: (await publish(deps, outbox)).has(uid) }
  },
  show: ({ testAlert: uid, taken }) =>
    taken
      ? { text: `Sent ${uid}: somebody should be alerted now`, status: 0 }
      : { text: 'The audit bus did not take it: no alert about anything would arrive', status: 1 },
})
