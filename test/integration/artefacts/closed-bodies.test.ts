import { expect, test } from 'vitest'
import { ORG } from '../../support/cases.ts'
import { type Answer, sendStandard } from './hooks.ts'
import { allCases } from './ledger-items.ts'
import { expectSound, testOcsf } from './sound.ts'
import { type Stack, startStack } from './stack.ts'
import { told } from './told.ts'

const GRACE = 'grace@example.com'
const inDays = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString()
const unknown = (key: string, meant?: string) =>
  `\`${key}\` is unknown${meant ? `; did you mean \`${meant}\`?` : ''}`

/** What senders add to a username, each with what is wrong with it. */
const ADDED: readonly (readonly [added: object, problem: string])[] = [
  [{ dry_run: true }, unknown('dry_run', 'dryRun')],
  [{ org_ids: [ORG] }, unknown('org_ids', 'orgIds')],
  [{ effective_at: inDays(30) }, unknown('effective_at', 'effectiveAt')],
  [{ effectiveat: inDays(30) }, unknown('effectiveat', 'effectiveAt')],
  [{ effectiveDate: inDays(30) }, unknown('effectiveDate')],
  [{ terminationDate: inDays(30) }, unknown('terminationDate')],
  [{ event: 'user.created' }, unknown('event')],
  [{ event_type: 'USER_LOGIN' }, unknown('event_type')],
  [{ action: 'reactivate' }, unknown('action')],
  [{ active: true }, unknown('active')],
  [{ type: 'employee.joined' }, '`type`: expected `user.departed` or `user.returned`'],
]

const byTopic = ({ aws }: Stack, body: object) => aws.publish(JSON.stringify(body))
const byBus = ({ says }: Stack, body: Readonly<Record<string, unknown>>) => says('User Departed', body)
const DOORS = [
  { name: 'the topic', source: 'sns/offboarding-intake', send: byTopic },
  { name: 'the bus', source: 'eventbridge/hr.example', send: byBus },
  { name: 'a signed hook', source: 'hook/local', send: sendStandard },
] as const

test.each(DOORS)(
  'a body that says more than we read removes nobody, and humans are alerted to each: by $name',
  async ({ source, send }) => {
    await using stack = await startStack()

    const answers: (Answer | undefined)[] = []
    for (const [added] of ADDED) answers.push((await send(stack, { username: GRACE, ...added })) ?? undefined)

    const reasons = (await told(stack, ADDED.length)).map(
      ({ reason }) => String(reason).split('; have it')[0],
    )
    const expected = ADDED.map(([, problem]) => `${source}: ${problem}`)
    expect(reasons.toSorted()).toEqual(expected.toSorted())
    expect(severitiesOf(stack)).toEqual(ADDED.map(() => ALERT))
    if (send === sendStandard)
      expect(answers).toEqual(expected.map((error) => ({ status: 400, body: JSON.stringify({ error }) })))
    await expectSound(stack)
  },
)

test('a leaving taken back in words that we do not read stands, and humans are alerted', async () => {
  await using stack = await startStack()
  await byTopic(stack, { type: 'user.departed', username: GRACE, effectiveAt: inDays(30) })
  await told(stack, 1)

  await byTopic(stack, { username: GRACE, event_type: 'employee.termination_cancelled' })

  expect(await told(stack, 2)).toMatchObject([{ kind: 'scheduled' }, { kind: 'unreadable' }])
  expect(severitiesOf(stack).at(-1)).toBe(ALERT)
  const [kase] = await allCases(stack.aws)
  expect(kase?.closedAt).toBeUndefined()
  await expectSound(stack)
})

test.each([
  { name: 'the topic', send: byTopic },
  { name: 'a signed hook', send: sendStandard },
])(
  'a return takes back what its source announced, is published, and holds what arrives after it: by $name',
  async ({ send }) => {
    await using stack = await startStack()
    const [before, after] = [-60_000, 1_000].map((ms) => new Date(Date.now() + ms).toISOString())
    await send(stack, { username: GRACE, occurredAt: before, effectiveAt: inDays(1) })
    await told(stack, 1)

    await send(stack, { type: 'user.returned', username: GRACE, occurredAt: after })
    expect((await told(stack, 2)).at(-1)).toMatchObject({ kind: 'cancelled' })
    await stack.says('User Departed', { username: GRACE, occurredAt: before })

    expect((await told(stack, 3)).at(-1)).toMatchObject({ kind: 'held', reason: 'rejoined' })
    expect(noticesOf(stack)).toEqual(['return_received'])
    await expectSound(stack)
  },
)

test('a hook may wrap what it says as Standard Webhooks or as a CloudEvent', async () => {
  await using stack = await startStack()
  const [timestamp, username] = [new Date().toISOString(), 'alan@example.com']
  const event = { specversion: '1.0', id: '1', source: '/hr', type: 'com.example.user.departed' }

  await sendStandard(stack, { type: 'user.departed', timestamp, data: { username: GRACE } })
  await sendStandard(stack, { ...event, time: timestamp, data: { username } })

  expect(await told(stack, 2)).toMatchObject([{ kind: 'removed' }, { kind: 'removed' }])
  await expectSound(stack, { [ORG]: [GRACE, username] })
})

testOcsf()

/** The severity at which humans are alerted at once, as in infra/alert-rules.yml. */
const ALERT = 4

type Detail = { readonly severity_id: number; readonly unmapped: { readonly notice?: string } }

function severitiesOf({ aws }: Stack): readonly number[] {
  return aws.events.map(({ detail }) => (detail as Detail).severity_id)
}

function noticesOf({ aws }: Stack): readonly string[] {
  return aws.events.flatMap(({ detail }) => (detail as Detail).unmapped.notice ?? [])
}
