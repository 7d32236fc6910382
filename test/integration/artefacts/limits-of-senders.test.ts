import { expect, test } from 'vitest'
import { oktaDeactivation } from '../../fixtures/events.ts'
import { ORG } from '../../support/cases.ts'
import { sendOkta } from './hooks.ts'
import { allCases } from './ledger-items.ts'
import { OKTA } from './packaged.ts'
import { allQueued } from './queue.ts'
import { expectSound, testOcsf } from './sound.ts'
import { eventOf, type Stack, startStack } from './stack.ts'
import { told } from './told.ts'

const [GRACE, ALAN, KATHERINE] = ['grace@example.com', 'alan@example.com', 'katherine@example.com'] as const
const MINUTE_MS = 60_000
const DAY_MS = 24 * 60 * MINUTE_MS
const inMs = (ms: number) => new Date(Date.now() + ms).toISOString()
const publish = ({ aws }: Stack, body: object) => aws.publish(JSON.stringify(body))

test('a message that names more than 50 organizations, or a date more than 400 days ahead, is unreadable', async () => {
  await using stack = await startStack()

  await publish(stack, { username: GRACE, orgIds: unknownOrgs(1_000) })
  await publish(stack, { username: GRACE, effectiveAt: inMs(401 * DAY_MS) })

  const reasons = (await told(stack, 2)).map(({ kind, reason }) => `${kind}: ${reason}`)
  expect(reasons.toSorted()).toEqual([
    'unreadable: sns/offboarding-intake: `orgIds`: expected an array of 1 to 50 organization ids',
    'unreadable: sns/offboarding-intake: expected an instant at most 400 days ahead',
  ])
  await expectSound(stack)
})

test('a case keeps its own organization only, and the unknown ones of a departure share one', async () => {
  await using stack = await startStack()

  await publish(stack, { username: GRACE, orgIds: [ORG, ...unknownOrgs(49)] })

  await told(stack, 2)
  const cases = await allCases(stack.aws)
  const [other = ''] = unknownOrgs(1)
  const ends = cases.map((one) => [one.state.outcome?.kind, JSON.stringify(one).includes(other)])
  expect(Object.fromEntries(ends)).toEqual({ removed: false, refused: true })
  await expectSound(stack, { [ORG]: [GRACE] })
})

test('an Okta request with more than 100 events queues nobody, and says what to have sent again', async () => {
  const authorization = 'hook-authorization-of-forty-characters-x'
  const secret = JSON.stringify({ okta: { corp: [authorization] } })
  await using stack = await startStack({ secrets: { 'atlas-offboarding/hooks': secret } })
  const published = inMs(0)
  const events = Array.from({ length: 101 }, (_, at) =>
    oktaDeactivation({ uuid: `evt-${at}`, username: GRACE, published }),
  )

  const { status } = await sendOkta(stack, authorization, { data: { events } })

  expect(status).toBe(400)
  expect(await told(stack, 1)).toMatchObject([
    { kind: 'unreadable', reason: expect.stringMatching(/at most 100 events; .*\/api\/v1\/logs\?since=/) },
  ])
  expect(await allQueued(stack.aws)).toEqual({ waiting: 0, received: 0 })
  await expectSound(stack)
})

test('an event dated in the future is one of now that takes effect then, and a return after it counts', async () => {
  await using stack = await startStack()
  await stack.says('User Departed', { username: GRACE, occurredAt: inMs(2 * DAY_MS) })
  expect(await told(stack, 1)).toMatchObject([{ kind: 'scheduled' }])

  const activated = { ...eventOf(GRACE).detail, uuid: 'evt-back', eventType: 'user.lifecycle.activate' }
  const detail = { ...activated, published: inMs(1_000) }
  await stack.aws.putPartnerEvent({ ...eventOf(GRACE), detail, bus: OKTA })

  expect((await told(stack, 2)).at(-1)).toMatchObject({ kind: 'held', reason: 'rejoined' })
  expect(noticesOf(stack)).toEqual(['clock_ahead', 'return_received'])
  await expectSound(stack)
})

test('an approval is used up by the one whom it names; whom aliases name takes a slot of the limit', async () => {
  await using stack = await startStack({ parameters: { MaxRemovalsPerDay: '1' } })
  const until = inMs(60 * MINUTE_MS)
  await stack.operator.invoke({ action: 'approve', usernames: [GRACE], until, because: 'HR-1' })

  const ends = []
  for (const [index, aliases] of [undefined, [ALAN], [KATHERINE]].entries()) {
    await publish(stack, { username: GRACE, ...(aliases && { aliases }) })
    ends.push((await told(stack, index + 1)).at(-1))
  }

  expect(ends).toMatchObject([
    { kind: 'removed' },
    { kind: 'removed' },
    { kind: 'held', reason: 'mass_removal' },
  ])
  await expectSound(stack, { [ORG]: [GRACE, ALAN] })
})

testOcsf()

function unknownOrgs(count: number): readonly string[] {
  return Array.from({ length: count }, (_, at) => at.toString(16).padStart(24, 'a'))
}

function noticesOf({ aws }: Stack): readonly string[] {
  type Detail = { readonly unmapped: { readonly notice?: string } }
  return aws.events.flatMap(({ detail }) => (detail as Detail).unmapped.notice ?? [])
}
