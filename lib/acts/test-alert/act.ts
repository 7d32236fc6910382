import { noticeDraft, sealed } from '../../words/audit-event.ts'
import { act, type Invocation, type OperatorDeps } from '../act.ts'
import { actorOf } from '../claim.ts'
import { By } from '../fields.ts'

type Sent = {
  readonly testAlert: string
  /** `false`: the audit bus did not take it, so no alert arrives, of anything. */
  readonly taken: boolean
}

/** Sends one alert the way every alert goes, so that somebody sees it arrive: audit bus, rule, topic, endpoint. */
export const testAlert = act(
  { by: By },
  async ({ audit, clock }: OperatorDeps, { by }, { requestId }: Invocation): Promise<Sent> => {
    const draft = noticeDraft({
      ...{ name: 'test_alert', at: clock.now(), actor: actorOf({ by }) },
      unmapped: { request_id: requestId },
    })
    const event = sealed(draft, `test_alert/${requestId}`)
    const taken = await audit.publish([event])
    return { testAlert: event.uid, taken: taken.has(event.uid) }
  },
)
