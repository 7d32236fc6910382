import { expect, test } from 'vitest'
import { type Json, valueAt } from '../../../infra/check/template.ts'
import { type EventPattern, matchesPattern } from '../../../infra/local/aws/event-pattern.ts'
import { readEvents } from '../../../lib/senders/read-events.ts'
import { outcomeDraft } from '../../../lib/words/audit-event.ts'
import { openCase } from '../../../lib/words/case.ts'
import { later, ORG } from '../../support/cases.ts'
import { packagedTemplate } from './packaged-template.ts'

const { CanarySchedule, CanaryRule, CanaryMetric } = (await packagedTemplate()).Resources
const pattern = valueAt(CanaryRule, 'Properties.EventPattern') as unknown as EventPattern
const detail: Readonly<Record<string, Json>> = JSON.parse(
  String(valueAt(CanarySchedule, 'Properties.Target.Input')),
)
const source = String(valueAt(CanarySchedule, 'Properties.Target.EventBridgeParameters.Source'))

function eventWith(more: Readonly<Record<string, Json>> = {}) {
  const envelope = { id: 'b8f4f1d2-5c43-4e0b-9d0a-0d7d6d8f2c11', time: later(0).toISOString(), source }
  return { ...envelope, 'detail-type': 'User Departed', detail: { ...detail, ...more } }
}

/** Leaves out the account, which is a reference until it is deployed. */
function taken(event: object): boolean {
  const { account: _, ...others } = pattern
  return matchesPattern(others, event)
}

test('the canary is read as a dry run of nobody, and counted by what it then publishes', () => {
  const reading = readEvents(JSON.stringify(eventWith()), { onSuspend: 'ignore', oktaAppIds: [] }, later(0))
  const [departure] = reading.kind === 'people' ? reading.departures : []
  if (!departure) throw new Error('The canary is not read as a departure')
  const opened = openCase(departure, ORG, { at: later(0) })
  const { unmapped } = outcomeDraft(opened, { kind: 'already_absent' }, later(1)).detail as {
    unmapped: Published
  }

  expect(taken(eventWith())).toBe(true)
  expect(departure).toMatchObject({ dryRun: true, username: expect.stringMatching(/\.invalid$/) })
  expect(valueAt(CanaryMetric, 'Properties.FilterPattern')).toBe(
    `{ $.detail.unmapped.source = "${unmapped.source}" && $.detail.unmapped.outcome.kind = "${unmapped.outcome.kind}" }`,
  )
})

type Published = { readonly source: string; readonly outcome: { readonly kind: string } }

const OTHERS: readonly Readonly<Record<string, Json>>[] = [
  { username: 'ada@example.com' },
  { aliases: ['ada@example.com'] },
  { dryRun: false },
]

test.each(OTHERS)('nothing else gets through the rule of the canary: %o', (more) => {
  expect(taken(eventWith(more))).toBe(false)
})
