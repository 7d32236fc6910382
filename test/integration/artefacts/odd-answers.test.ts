import { expect, test } from 'vitest'
import { type Member, memberFrom } from '../../../infra/local/atlas/member.ts'
import { ORG } from '../../support/cases.ts'
import { allCases, letTimePass } from './ledger-items.ts'
import { expectSound, testOcsf } from './sound.ts'
import { type Stack, startStack } from './stack.ts'
import { swept } from './swept.ts'
import { told } from './told.ts'

const [GRACE, ALAN, KATHERINE, EDSGER] = ['grace', 'alan', 'katherine', 'edsger'].map(
  (name) => `${name}@example.com`,
) as [string, string, string, string]
const ALWAYS = Number.MAX_SAFE_INTEGER
const HOUR_MS = 3_600_000
const ALL_MEMBERS = '^/api/atlas/v2/orgs/[^/]+/users\\?(?!.*username=)'
const refusal = (status: number, errorCode: string) => ({
  status,
  body: { error: status, errorCode, reason: 'odd', detail: 'odd', parameters: [] },
})

test('rows that cannot be read, and an unknown status, keep nobody else in and are counted', async () => {
  await using stack = await startStack()
  const odd = oddRows(memberOf(stack, GRACE))
  const results = [...(stack.seeded[ORG] ?? []), ...odd]
  const headers = { 'Content-Type': 'application/vnd.atlas.2025-02-19+json' }
  const body = { links: [], results, totalCount: results.length }
  const on = { operation: 'listOrgUsers', path: ALL_MEMBERS }
  stack.atlas.script({ on, times: ALWAYS, status: 200, headers, body })

  await leaves(stack, 'nobody@example.com')
  await told(stack, 1)
  await leaves(stack, GRACE)
  await stack.sweep.invoke({ job: 'hour' })

  expect(await told(stack, 2)).toMatchObject([{ kind: 'already_absent' }, { kind: 'removed' }])
  const { payload } = await stack.operatorRead.invoke({ action: 'status' })
  expect(payload).toMatchObject({ orgs: [{ orgId: ORG, unreadableRows: 2 }] })
})

test('a DELETE refused about one person, by an unknown code or by a proxy concerns their case alone', async () => {
  await using stack = await startStack()
  deleteAnswers(stack, GRACE, refusal(403, 'CANNOT_DELETE_LAST_OWNER'))
  deleteAnswers(stack, ALAN, refusal(403, 'SOME_NEW_CODE'))
  const blocked = { headers: { 'Content-Type': 'text/html' }, body: '<html>Request blocked</html>' }
  deleteAnswers(stack, KATHERINE, { status: 403, ...blocked })

  for (const username of [GRACE, ALAN, KATHERINE, EDSGER]) await leaves(stack, username)

  await told(stack, 4)
  expect(await outcomesByName(stack)).toMatchObject({
    [GRACE]: { kind: 'refused', reason: 'last_owner', code: 'CANNOT_DELETE_LAST_OWNER' },
    [ALAN]: { kind: 'deferred', code: 'SOME_NEW_CODE' },
    [KATHERINE]: { kind: 'deferred', code: 'HTTP_403' },
    [EDSGER]: { kind: 'removed' },
  })
  const [kase] = (await allCases(stack.aws)).filter(({ subject }) => subject.username === ALAN)
  const waitMs = (kase?.dueAt?.getTime() ?? 0) - Date.now()
  expect([waitMs > HOUR_MS / 2, waitMs <= HOUR_MS]).toEqual([true, true])
  expect(noticesOf(stack)).toEqual([{ notice: 'unlisted_code', code: 'SOME_NEW_CODE' }])
  await expectSound(stack, { [ORG]: [EDSGER] })
})

test('an unknown code stops the organization if a question about nobody in particular is refused too', async () => {
  await using stack = await startStack()
  const refused = refusal(403, 'SOME_NEW_CODE')
  deleteAnswers(stack, GRACE, refused)
  stack.atlas.script({ on: { operation: 'listOrgUsers', path: ALL_MEMBERS }, times: ALWAYS, ...refused })

  await leaves(stack, GRACE)
  await told(stack, 1)
  await leaves(stack, EDSGER)
  await told(stack, 2)

  expect(await outcomesByName(stack)).toMatchObject({
    [GRACE]: { kind: 'deferred' },
    [EDSGER]: { kind: 'deferred' },
  })
  expect(noticesOf(stack)).toContainEqual(expect.objectContaining({ notice: 'stopped_credential' }))
  await expectSound(stack)
})

test('a confirmation that Atlas refuses is asked again, and is never a removal refused', async () => {
  await using stack = await startStack()
  stack.atlas.script({ on: { operation: 'getOrgUser' }, ...refusal(410, 'VERSION_GONE') })
  await leaves(stack, GRACE)
  await told(stack, 1)

  await letTimePass(stack.aws, HOUR_MS)
  await swept(stack)

  expect(await told(stack, 2)).toMatchObject([
    { kind: 'deferred', code: 'VERSION_GONE' },
    { kind: 'removed', evidence: 'answered' },
  ])
  await expectSound(stack, { [ORG]: [GRACE] })
})

testOcsf()

const leaves = ({ aws }: Stack, username: string) => aws.publish(JSON.stringify({ username }))

function memberOf({ seeded }: Stack, username: string): Member {
  const member = seeded[ORG]?.find((one) => one.username === username)
  if (!member) throw new Error(`Cannot find "${username}"`)
  return member
}

function deleteAnswers(stack: Stack, username: string, answer: object): void {
  const path = `/api/atlas/v2/orgs/${ORG}/users/${memberOf(stack, username).id}`
  stack.atlas.script({ on: { operation: 'removeOrgUser', path }, times: ALWAYS, ...answer })
}

/** A status that nobody knows, a row without roles and a row without an id. */
function oddRows({ id: _, ...member }: Member): readonly object[] {
  const named = (username: string) => memberFrom({ username }, ORG, new Date())
  const { roles: __, ...withoutRoles } = named('no-roles@example.com')
  return [
    { ...named('odd@example.com'), orgMembershipStatus: 'SOMETHING_NEW' },
    withoutRoles,
    { ...member, username: 'no-id@example.com' },
  ]
}

async function outcomesByName(stack: Stack) {
  const cases = await allCases(stack.aws)
  return Object.fromEntries(cases.map(({ subject, state }) => [subject.username, state.outcome]))
}

type Notice = {
  readonly notice?: string
  readonly code?: string
}

function noticesOf({ aws }: Stack): readonly Notice[] {
  const notices = aws.events.map(({ detail }) => (detail as { readonly unmapped: Notice }).unmapped)
  return notices
    .filter(({ notice }) => notice !== undefined)
    .map(({ notice, code }) => ({ ...(notice && { notice }), ...(code && { code }) }))
}
