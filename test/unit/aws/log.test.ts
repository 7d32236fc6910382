import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { powertoolsJournal } from '../../../lib/aws/log.ts'
import type { JournalEntry } from '../../../lib/core/journal.ts'
import { metricsIn } from '../../support/cloudwatch.ts'
import { printed } from '../../support/printed.ts'

const AT = new Date('2026-11-30T00:00:00Z')
const CASE = { caseId: 'c-1', orgId: 'o-1' }

beforeEach(() => {
  vi.stubEnv('POWERTOOLS_SERVICE_NAME', 'atlas-offboarding')
  vi.stubEnv('POWERTOOLS_METRICS_NAMESPACE', 'atlas-offboarding-prod')
})
afterEach(() => vi.unstubAllEnvs())

/** What CloudWatch reads in the log, as `name{dimension=value}` → value and unit. */
function counted(entry: JournalEntry): Readonly<Record<string, string>> {
  const { journal, metrics } = powertoolsJournal()
  const lines = printed(() => {
    journal.note(entry)
    metrics.publishStoredMetrics()
  }).filter((line) => line.includes('"_aws"'))
  return Object.fromEntries(
    lines.flatMap((line) =>
      metricsIn(line, AT).map(({ namespace, name, dimensions: { service, ...by }, value }) => {
        expect([namespace, service]).toEqual(['atlas-offboarding-prod', 'atlas-offboarding'])
        const unit = /"Unit":"([^"]+)"/.exec(line)?.[1]
        const named = Object.entries(by).map((pair) => pair.join('='))
        return [`${name}{${named.join()}}`, `${value} ${unit}`]
      }),
    ),
  )
}

const OUTCOME = { kind: 'removed', evidence: 'answered' } as const

describe('what is counted of each entry', () => {
  const EXPECTED: {
    readonly [E in JournalEntry['event']]: readonly [Extract<JournalEntry, { event: E }>, object]
  } = {
    received: [{ event: 'received', ...CASE, source: 'okta', isNew: true }, {}],
    absorbed: [{ event: 'absorbed', caseId: 'c-1', source: 'okta' }, {}],
    credentials: [
      { event: 'credentials', orgId: 'o-1', method: 'api_key', ageSeconds: 76.5 * 86_400 },
      { 'CredentialAgeDays{}': '76.5 None' },
    ],
    atlas_request: [
      { event: 'atlas_request', orgId: 'o-1', operation: 'getOrgUser', status: 503, ms: 50 },
      { 'AtlasErrors{status=503}': '1 Count' },
    ],
    retry: [{ event: 'retry', orgId: 'o-1', operation: 'getOrgUser', code: 'HTTP_503', waitMs: 200 }, {}],
    found: [{ event: 'found', caseId: 'c-1', userId: 'u-1', status: 'ACTIVE', orgRoles: [] }, {}],
    confirmed: [{ event: 'confirmed', caseId: 'c-1', userId: 'u-1' }, {}],
    outcome: [
      { event: 'outcome', ...CASE, attempt: 1, outcome: OUTCOME, timeToRevokeMs: 1_234 },
      { 'Outcomes{kind=removed}': '1 Count', 'TimeToRevoke{}': '1234 Milliseconds' },
    ],
    leftovers: [{ event: 'leftovers', ...CASE, projects: 1, deleted: 0, reported: 1, failed: 0 }, {}],
    roster: [{ event: 'roster', roster: 'workday', lines: 9, leavers: 1, unclear: 0 }, {}],
    roster_refused: [{ event: 'roster_refused', roster: 'workday' }, {}],
    published: [{ event: 'published', uids: ['c-1/1'] }, {}],
    measured: [
      {
        event: 'measured',
        gauges: [
          { name: 'OutboxWaiting', value: 0 },
          { name: 'OpenTasks', by: { kind: 'case' }, value: 2 },
          { name: 'StoppedOrgs', value: 0 },
        ],
      },
      { 'OutboxWaiting{}': '0 None', 'OpenTasks{kind=case}': '2 None' },
    ],
    unreadable: [{ event: 'unreadable', reason: 'r' }, { 'Unreadable{}': '1 Count' }],
    ignored: [{ event: 'ignored', source: 'okta', why: 'w', mayMeanLeaving: true }, {}],
    undelivered: [{ event: 'undelivered', messageId: 'm-1', error: 'E' }, { 'Unfinished{}': '1 Count' }],
    unfinished: [{ event: 'unfinished', taskId: 'c-1', error: 'E' }, { 'Unfinished{}': '1 Count' }],
    answered: [
      {
        ...{ event: 'answered', route: 'scim', method: 'GET', status: 401 },
        ...{ network: '192.0.2.0/24', reason: 'no_token' },
      },
      { 'DeniedRequests{}': '1 Count' },
    ],
    entry_refused: [
      { event: 'entry_refused', secret: 'hooks', entry: 'okta.corp', why: 'w' },
      { 'RefusedEntries{}': '1 Count' },
    ],
    unanswered: [{ event: 'unanswered', route: 'scim', error: 'E' }, { 'Unfinished{}': '1 Count' }],
  }

  test.each(Object.entries(EXPECTED))('%s', (_, [entry, metrics]) => {
    expect(counted(entry)).toEqual(metrics)
  })

  test('an outcome without a removal has no time, and a secret of unknown age none', () => {
    expect(
      counted({ event: 'outcome', ...CASE, attempt: 1, outcome: { kind: 'held', reason: 'paused' } }),
    ).toEqual({
      'Outcomes{kind=held}': '1 Count',
    })
    expect(counted({ event: 'credentials', orgId: 'o-1', method: 'service_account' })).toEqual({})
  })

  test('an answer that is as it should be is not counted', () => {
    const request = { event: 'atlas_request', orgId: 'o-1', operation: 'getOrgUser', ms: 50 } as const
    const answered = { event: 'answered', route: 'scim', method: 'GET', network: '192.0.2.0/24' } as const

    expect(counted({ ...request, status: 204 })).toEqual({})
    expect(counted({ ...request, status: 302 })).toEqual({ 'AtlasErrors{status=302}': '1 Count' })
    expect(counted({ ...request, status: 'TIMEOUT' })).toEqual({ 'AtlasErrors{status=TIMEOUT}': '1 Count' })
    expect(counted({ ...answered, status: 200 })).toEqual({})
  })
})
