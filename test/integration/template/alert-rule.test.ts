import { describe, expect, test } from 'vitest'
import { type Json, valueAt } from '../../../infra/check/template.ts'
import { type EventPattern, matchesPattern } from '../../../infra/local/aws/event-pattern.ts'
import type { AuditEvent } from '../../../lib/words/audit-event.ts'
import { BY_HUMANS } from '../../drills/by-humans.ts'
import { EVENTS, published } from './every-event.ts'
import { packagedTemplate } from './packaged-template.ts'

const rule = (await packagedTemplate()).Resources.AlertRule
const pattern = valueAt(rule, 'Properties.EventPattern') as unknown as EventPattern
const transformer = valueAt(rule, 'Properties.Targets.0.InputTransformer')
const paths = Object(valueAt(transformer, 'InputPathsMap')) as Readonly<Record<string, string>>
/** What CloudFormation puts in when the stack is deployed. */
const GIVEN: Readonly<Record<string, string>> = {
  'AWS::AccountId': '111122223333',
  'AWS::Region': 'eu-west-1',
  RunbookUrl: 'https://wiki.example.org/atlas-offboarding',
}
const text = String(valueAt(transformer, 'InputTemplate.Fn::Sub')).replace(
  /\$\{([\w:]+)\}/g,
  (whole, name: string) => GIVEN[name] ?? whole,
)

function envelopeOf({ detailType, detail, at: time }: AuditEvent, more = {}): Json {
  const event = { source: 'atlas.offboarding', 'detail-type': detailType, time, detail, ...more }
  return JSON.parse(JSON.stringify(event))
}

const alerts = (event: AuditEvent, more = {}) => matchesPattern(pattern, envelopeOf(event, more))

/** What the topic then gets, as EventBridge fills it in: a path that leads nowhere leaves nothing. */
function messageFor(event: AuditEvent): string {
  return text.replace(/<(\w+)>/g, (_, name: string) =>
    String(valueAt(envelopeOf(event), paths[name]?.replace('$.', '') ?? '') ?? ''),
  )
}

const ALERTING = EVENTS.filter(({ row }) => row.severity === 'alert')

describe('every outcome and every notice', () => {
  test.each(EVENTS)('$name alerts if the catalogue says so, and only once', ({ name, row }) => {
    expect(alerts(published(name))).toBe(row.severity === 'alert')
    expect(alerts(published(name), { 'replay-name': 'after-the-incident' })).toBe(false)
  })

  test.each(ALERTING)(
    '$name says what happened, and the act of the catalogue with its ids',
    ({ name, row }) => {
      const message = messageFor(published(name))
      const { detail } = envelopeOf(published(name)) as { readonly detail: Json }

      expect(message).toContain(String(valueAt(detail, 'message')))
      expect(message).toContain(
        row.act === undefined ? 'atlas-offboarding "' : String(valueAt(detail, 'unmapped.next')),
      )
      expect(String(valueAt(detail, 'message'))).toMatch(
        new RegExp(`^${row.title}|^${row.meaning.slice(0, 20)}`),
      )
      expect(message).toContain('account 111122223333, eu-west-1')
      expect(message.includes('Organization: Acme Production 32b6e34b3d91647abb20e7b8.')).toBe(
        name !== 'unreadable',
      )
      expect(message).toContain('https://wiki.example.org/atlas-offboarding')
      expect(message.includes('By on-call/grace, who typed grace."')).toBe(BY_HUMANS.has(name))
      expect(message).not.toMatch(/undefined|<\w+>|\{\w+\}/)
    },
  )
})

test('an alert carries nothing that a source wrote, whatever that is', () => {
  const nasty = '"<case>\\" $(reboot)\n@example.com'
  const messages = ALERTING.map(({ make }) => messageFor(make(nasty)))

  expect(messages.filter((message) => /reboot|example\.com/.test(message))).toEqual([])
  expect(
    messages.flatMap((message) => message.split('\n')).filter((line) => !/^"[^"]+"$/.test(line)),
  ).toEqual([])
})

test('an alert reads at 3 a.m.', () => {
  expect(messageFor(published('held: privileged'))).toMatchInlineSnapshot(`
    ""OFFBOARDING atlas-offboarding-prod: Held: privileged role"
    "Where: account 111122223333, eu-west-1. Organization: Acme Production 32b6e34b3d91647abb20e7b8."
    "Case: c-757116f45671e111265b. At: 2026-11-16T18:15:13.862Z. Event: held_privileged/1."
    "1. See who it is and what else is open: atlas-offboarding cases --open --function-prefix atlas-offboarding-prod"
    "2. Then, if a command follows (without what is in brackets): atlas-offboarding release c-757116f45671e111265b --because WHY (they left), or cancel c-757116f45671e111265b --because WHY (they did not)"
    "Each command takes --function-prefix atlas-offboarding-prod. What it means: https://wiki.example.org/atlas-offboarding""
  `)
})

test('what has no act says nothing to type', () => {
  expect(messageFor(published('test_alert'))).toMatchInlineSnapshot(`
    ""OFFBOARDING atlas-offboarding-prod: Somebody checks that alerts arrive. By on-call/grace, who typed grace."
    "Where: account 111122223333, eu-west-1. Organization: Acme Production 32b6e34b3d91647abb20e7b8."
    "Case: c-757116f45671e111265b. At: 2026-11-16T18:15:13.862Z. Event: test_alert/1."
    "1. See who it is and what else is open: atlas-offboarding cases --open --function-prefix atlas-offboarding-prod"
    "2. Then, if a command follows (without what is in brackets): atlas-offboarding "
    "Each command takes --function-prefix atlas-offboarding-prod. What it means: https://wiki.example.org/atlas-offboarding""
  `)
})
