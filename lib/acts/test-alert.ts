import { type Notice, noticeEvent } from '../words/audit-event.ts'
import type { Invocation, OperatorDeps } from './operator.ts'
import { isRefusal, type Refusal, readRequest } from './requests.ts'

/**
 * Sends one alert the way every alert goes, so that somebody sees it arrive: audit bus, rule, topic, endpoint.
 *
 * @returns `taken: false` if the audit bus did not take it; then no alert comes, of anything
 */
export async function testAlert(
  deps: OperatorDeps,
  body: unknown,
  { requestId }: Invocation,
): Promise<{ readonly testAlert: string; readonly taken: boolean } | Refusal> {
  const request = readRequest('test_alert', body)
  if (isRefusal(request)) return request

  const notice: Notice = {
    uid: `test_alert/${requestId}`,
    at: deps.clock.now(),
    name: 'test_alert',
    severity: 1,
    message: 'A test: whoever reads this would have been alerted',
    unmapped: { by: request.by, request_id: requestId },
  }
  const taken = await deps.audit.publish([noticeEvent(notice)])
  return { testAlert: notice.uid, taken: taken.has(notice.uid) }
}
