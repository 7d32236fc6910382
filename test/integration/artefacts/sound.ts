import { expect, test } from 'vitest'
import { hasOcsfSchema, ocsfProblems } from '../../support/ocsf.ts'
import { allTasks } from './ledger-items.ts'
import { membersOf, type Stack } from './stack.ts'

/** Usernames that were to be removed, by organization. */
type Gone = Readonly<Record<string, readonly string[]>>

/**
 * How often the bus may be told of one attempt. Where the table fails, it may be what should have remembered the telling; then
 * the same is told again, and consumers drop it by its `uid`.
 */
type Telling = 'once' | 'at_least_once'

/** Asserts what must hold after every run: nobody else is out, every attempt was told, nothing leaked. */
export async function expectSound(stack: Stack, gone: Gone = {}, telling: Telling = 'once'): Promise<void> {
  expectOnlyGone(stack, gone)
  await expectPublished(stack, telling)
  expect(stack.policies.refused).toEqual([])
  expectNothingLeaked(stack)
  details.push(...stack.aws.events.map(({ detail }) => detail))
}

/** Whoever was not named is still there, with every role; and so are the organizations themselves. */
function expectOnlyGone({ atlas, seeded }: Stack, gone: Gone) {
  const left = Object.entries(seeded).map(([orgId, members]) => [
    orgId,
    members.filter(({ username }) => !gone[orgId]?.includes(username)),
  ])
  expect(membersOf(atlas)).toEqual(Object.fromEntries(left))
  expect(atlas.state.deletedOrgs).toEqual([])
}

/** Published is exactly what the ledger counts: each task's events from 1 to its `sequence`, and one content under each `uid`. */
async function expectPublished({ aws }: Stack, telling: Telling) {
  const counted = (await allTasks(aws)).flatMap(({ id, sequence }) =>
    Array.from({ length: sequence }, (_, index) => `${id}/${index + 1}`),
  )
  const published = aws.events.map(({ detail }) => ({ uid: uidOf(detail), text: JSON.stringify(detail) }))
  const ofTasks = published.filter(({ uid }) => /^[a-z]-[a-f0-9]{20}\/\d+$/.test(uid))
  const contents = [...new Map(ofTasks.map((one) => [`${one.uid} ${one.text}`, one])).values()]

  expect((telling === 'once' ? ofTasks : contents).map(({ uid }) => uid).sort()).toEqual(counted.sort())
}

function uidOf(detail: unknown): string {
  return (detail as { readonly metadata: { readonly uid: string } }).metadata.uid
}

/** Every token of the emulator begins so. */
const TOKEN = Buffer.from('{"alg":"ES512"').toString('base64url')

/** No function has written down who left, what opens an organization, or any part of the event. */
function expectNothingLeaked({ aws, orgs, callers, ...functions }: Stack) {
  const { departures, sweep, roster, operator, operatorRead, http } = functions
  const logs = [departures, sweep, roster, operator, operatorRead, http].flatMap((one) => one.logs).join('\n')
  const ofOrgs = orgs.flatMap(({ serviceAccounts = [], apiKeys = [] }) => [
    ...serviceAccounts.map(({ clientSecret }) => clientSecret),
    ...apiKeys.map(({ privateKey }) => privateKey),
  ])
  const secrets = [...ofOrgs, ...Object.values(callers)]
  const forbidden = [
    '@example',
    '%40example',
    // Of the actor in every event of Okta.
    '00uadmin',
    'HR-1042',
    TOKEN,
    'Basic ',
    'Bearer ',
    ...secrets,
  ]

  expect(logs).not.toBe('')
  expect(forbidden.filter((text) => logs.includes(text))).toEqual([])
  expect(secrets.filter((text) => JSON.stringify(aws.events).includes(text))).toEqual([])
}

const details: unknown[] = []

/**
 * Declares the test that everything the tests before it told the bus is valid OCSF: one test, because compiling the schema
 * takes longer than they do, and one that is seen to be skipped where the schema is not.
 */
export function testOcsf(): void {
  test.skipIf(!hasOcsfSchema)('every audit event of these tests is valid OCSF 1.8', () => {
    expect(details).not.toEqual([])
    expect(details.flatMap(ocsfProblems)).toEqual([])
  })
}
