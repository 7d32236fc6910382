import { expect, test } from 'vitest'
import { at, type Json } from '../../../infra/check/template.ts'
import { type EventPattern, matchesPattern } from '../../../infra/local/aws/event-pattern.ts'
import { activeMember, later, ORG } from '../../support/cases.ts'
import { createWorld } from '../../support/world.ts'
import { packagedTemplate } from './packaged-template.ts'

const { CanarySchedule, CanaryRule, CanaryMetric } = (await packagedTemplate()).Resources
const pattern = at(CanaryRule, 'Properties.EventPattern') as unknown as EventPattern
const detail: Readonly<Record<string, Json>> = JSON.parse(
  String(at(CanarySchedule, 'Properties.Target.Input')),
)
const source = String(at(CanarySchedule, 'Properties.Target.EventBridgeParameters.Source'))

function eventWith(more: Readonly<Record<string, Json>> = {}) {
  const envelope = { id: 'b8f4f1d2-5c43-4e0b-9d0a-0d7d6d8f2c11', time: later(0).toISOString(), source }
  return { ...envelope, 'detail-type': 'User Departed', detail: { ...detail, ...more } }
}

/** Leaves out the account, which is a reference until it is deployed. */
function taken(event: object): boolean {
  const { account: _, ...others } = pattern
  return matchesPattern(others, event)
}

test('the canary goes the whole way, in observe mode too, and is counted at the end of it', async () => {
  const world = createWorld({ settings: { mode: 'observe' } })
  world.org().members = [activeMember()]

  await world.time.run(world.worker().deliver(JSON.stringify(eventWith())))

  expect(taken(eventWith())).toBe(true)
  const [event] = world.aws.published
  const { source: told, outcome } = (event as unknown as Told).detail.unmapped
  expect(at(CanaryMetric, 'Properties.FilterPattern')).toBe(
    `{ $.detail.unmapped.source = "${told}" && $.detail.unmapped.outcome.kind = "${outcome.kind}" }`,
  )
  expect(outcome.kind).toBe('already_absent')
})

test('the canary could remove nobody, even if somebody bore its name', async () => {
  const world = createWorld()
  const namesake = activeMember({ username: String(detail.username) })
  world.org().members = [namesake]

  await world.time.run(world.worker().deliver(JSON.stringify(eventWith())))

  expect(world.org(ORG).members).toEqual([namesake])
})

type Told = {
  readonly detail: {
    readonly unmapped: { readonly source: string; readonly outcome: { readonly kind: string } }
  }
}

const OTHERS: readonly Readonly<Record<string, Json>>[] = [
  { username: 'ada@example.com' },
  { aliases: ['ada@example.com'] },
  { dryRun: false },
]

test.each(OTHERS)('nothing else gets through the rule of the canary: %o', (more) => {
  expect(taken(eventWith(more))).toBe(false)
})
