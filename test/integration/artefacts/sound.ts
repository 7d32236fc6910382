import { expect, test } from 'vitest'
import { hasOcsfSchema, ocsfProblems } from '../../support/ocsf.ts'
import { allCases } from './ledger-items.ts'
import { membersOf, type Stack } from './stack.ts'
import { outcomesOf } from './told.ts'

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
  await expectTold(stack, telling)
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

/** The bus was told exactly what the ledger counts: one `uid` for each attempt on each case, and nothing else under it. */
async function expectTold(stack: Stack, telling: Telling) {
  const attempts = (await allCases(stack.aws)).flatMap(({ id, attempts }) =>
    Array.from({ length: attempts }, (_, index) => `${id}/${index + 1}`),
  )
  const ofCases = outcomesOf(stack).filter(({ kind }) => kind !== 'unreadable')
  const told = telling === 'once' ? ofCases : different(ofCases)

  expect(told.map(({ uid }) => uid).sort()).toEqual(attempts.sort())
}

/** Of outcomes told again one each; told otherwise than before, it counts as another. */
function different<T extends { readonly uid: string; readonly kind: string }>(
  told: readonly T[],
): readonly T[] {
  return [...new Map(told.map((one) => [`${one.uid} ${one.kind}`, one])).values()]
}

/** Every token of the emulator begins so. */
const TOKEN = Buffer.from('{"alg":"ES512"').toString('base64url')

/** No function has written down who left, what opens an organization, or any part of the event. */
function expectNothingLeaked({ aws, orgs, callers, ...functions }: Stack) {
  const { departures, sweep, operator, operatorRead, http } = functions
  const logs = [departures, sweep, operator, operatorRead, http].flatMap((one) => one.logs).join('\n')
  const ofOrgs = orgs.flatMap(({ serviceAccounts = [], apiKeys = [] }) => [
    ...serviceAccounts.map(({ clientSecret }) => clientSecret),
    ...apiKeys.map(({ privateKey }) => privateKey),
  ])
  const secrets = [...ofOrgs, ...Object.values(callers)]
  const forbidden = [
    '@example',
    '%40example',
    'alternateId',
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
