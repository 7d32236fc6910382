import { describe, expect, test } from 'vitest'
import { rulesOf } from '../../../infra/check/deliveries.ts'
import { at, type Json, referent } from '../../../infra/check/template.ts'
import { type EventPattern, matchesPattern } from '../../../infra/local/aws/event-pattern.ts'
import type { AuditEvent } from '../../../lib/words/audit-event.ts'
import { NOTICES, OUTCOMES, told } from './every-event.ts'
import { noticesInCode } from './notices-in-code.ts'
import { packagedTemplate } from './packaged-template.ts'

/** What nobody is woken for, and why. Everything is in the audit log all the same. */
const QUIET: Readonly<Record<string, string>> = {
  removed: 'as it should be',
  already_absent: 'as it should be',
  would_remove: 'the answer to a question',
  cancelled: 'a human or a later departure of the same source did it',
  scheduled: 'goes on by itself; OldestScheduledAlarm if not',
  deferred: 'comes back by itself; `blocked` and OldestDeferredAlarm if not',
  'held: observing': 'told by `observing_digest`, once a day',
  'held: mass_removal': 'told by `latched`, once',
  'held: paused': 'told by `paused`, once',
  leftovers_clear: 'as it should be',
  invitations_ended: 'Atlas took them away, and nothing is to be done',
  released: 'a human did it',
  cancel_requested: 'a human did it',
  approved: 'a human did it',
  forgotten: 'a human did it',
  return_received: 'every activation in a directory is one; what it ends or holds alerts',
}

const template = await packagedTemplate()
const rules = rulesOf(template)
  .filter(({ json }) => referent(at(json, 'Properties.Targets.0.Arn')) === 'AlertTopic')
  .map(({ id, json }) => ({
    id,
    pattern: at(json, 'Properties.EventPattern') as unknown as EventPattern,
    paths: at(json, 'Properties.Targets.0.InputTransformer.InputPathsMap') as Readonly<
      Record<string, string>
    >,
    text: String(at(json, 'Properties.Targets.0.InputTransformer.InputTemplate')),
  }))

function envelopeOf({ detailType, detail, at: time }: AuditEvent, more: Readonly<Record<string, Json>> = {}) {
  return {
    source: 'atlas.offboarding',
    'detail-type': detailType,
    time: time.toISOString(),
    ...more,
    ...plain({ detail }),
  }
}

const plain = <T>(value: T): T => JSON.parse(JSON.stringify(value))

function alertsOf(event: AuditEvent, more: Readonly<Record<string, Json>> = {}) {
  return rules.filter(({ pattern }) => matchesPattern(pattern, envelopeOf(event, more)))
}

/** What the topic then gets, as EventBridge fills it in. */
function messageFor(event: AuditEvent): string {
  const [rule] = alertsOf(event)
  return (rule?.text ?? '').replace(/<(\w+)>/g, (_, name: string) => {
    const path = rule?.paths[name]?.replace('$.', '') ?? ''
    return String(at(envelopeOf(event) as unknown as Json, path))
  })
}

const ALERTING = [...OUTCOMES, ...NOTICES].filter(({ name }) => !(name in QUIET))

describe('every outcome and every notice', () => {
  test.each(ALERTING)('$name alerts once', ({ event }) => {
    expect(alertsOf(event).map(({ id }) => id)).toHaveLength(1)
  })

  test.each(ALERTING)(
    '$name says what happened and what to type, with nothing left to fill in',
    ({ event, name }) => {
      const message = messageFor(event)

      expect(message).toContain(String(at(plain(event.detail) as Json, 'message')))
      expect(message).toMatch(/\n"1\. .*(npx atlas-offboarding|aws |Nothing has to be done)/)
      expect(message).not.toMatch(/undefined|<\w+>/)
      if (name.startsWith('held') || name.startsWith('refused') || ['returned', 'leftovers'].includes(name))
        expect(message).toMatch(/cases c-[a-f0-9]{20} /)
    },
  )

  test.each(ALERTING)('$name does not alert again when it is replayed', ({ event }) => {
    expect(alertsOf(event, { 'replay-name': 'after-the-incident' })).toEqual([])
  })

  test.each([...OUTCOMES, ...NOTICES].filter(({ name }) => name in QUIET))(
    '$name alerts nobody',
    ({ event }) => {
      expect(alertsOf(event)).toEqual([])
    },
  )

  test('QUIET names nothing else', () => {
    const known = [...OUTCOMES, ...NOTICES].map(({ name }) => name)

    expect(Object.keys(QUIET).filter((name) => !known.includes(name))).toEqual([])
  })

  test('there is no notice in the code that is not among them', async () => {
    const known = NOTICES.map(({ name }) => name)

    expect((await noticesInCode()).toSorted()).toEqual(known.toSorted())
  })
})

test('an alert carries nothing that a source wrote, whatever that is', () => {
  const nasty = '"<case>\\" $(reboot)\n@example.com'
  const messages = ALERTING.map(({ make }) => messageFor(make(nasty)))

  expect(messages.filter((message) => message.includes('reboot') || message.includes('example.com'))).toEqual(
    [],
  )
  expect(
    messages.flatMap((message) => message.split('\n')).filter((line) => !/^"[^"]+"$/.test(line)),
  ).toEqual([])
})

test('an alert reads at 3 a.m.', () => {
  expect(messageFor(told('held: privileged'))).toMatchInlineSnapshot(`
    ""OFFBOARDING atlas-offboarding-prod: somebody who left is still in Atlas, and a human decides."
    "What: Held (privileged); a human decides. Case: c-757116f45671e111265b. At: 2026-11-16T18:15:13.862Z."
    "1. See who it is and what to check: npx atlas-offboarding cases c-757116f45671e111265b --function-prefix atlas-offboarding-prod"
    "2. Remove them: npx atlas-offboarding release c-757116f45671e111265b --by YOU --because WHY --function-prefix atlas-offboarding-prod"
    "3. Keep them: npx atlas-offboarding cancel c-757116f45671e111265b --by YOU --because WHY --function-prefix atlas-offboarding-prod"
    "What it means: infra/runbook.md, held: privileged""
  `)
})
