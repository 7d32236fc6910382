import { noticeDraft, sealed } from '../words/audit-event.ts'
import { writes } from './act.ts'
import { actorOf, BY } from './fields.ts'

/** Sends one alert the way every alert goes, so that somebody sees it arrive: audit bus, rule, topic, endpoint. */
export const testAlert = writes({
  name: 'test-alert',
  about: 'sends one alert, so that somebody sees it arrive',
  examples: ['test-alert'],
  fields: { by: BY },
  async does({ audit, clock }, request, invocation) {
    const { requestId } = invocation
    const draft = noticeDraft({
      ...{ name: 'test_alert', at: clock.now(), actor: actorOf(request, invocation) },
      unmapped: { request_id: requestId },
    })
    const event = sealed(draft, `test_alert/${requestId}`)
    const taken = await audit.publish([event])
    return { testAlert: event.uid, taken: taken.has(event.uid) }
  },
  show: ({ testAlert: uid, taken }) =>
    taken
      ? { text: `Sent ${uid}: somebody should be alerted now`, status: 0 }
      : { text: 'The audit bus did not take it: no alert would arrive, of anything', status: 1 },
})
