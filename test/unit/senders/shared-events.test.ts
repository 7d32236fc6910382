import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { fromOktaEvent } from '../../../lib/senders/okta/okta.ts'
import { readDirect } from '../../../lib/senders/read-direct.ts'
import { readEvents } from '../../../lib/senders/read-events.ts'
import { readTopic } from '../../../lib/senders/read-topic.ts'
import type { Reading } from '../../../lib/senders/reading.ts'

const EVENTS = join(import.meta.dirname, '../../../../shared/events')
const SETTINGS = { onSuspend: 'ignore', oktaAppIds: [] } as const
const NOW = new Date('2026-11-16T18:16:00Z')
const JOHN = { username: 'john.doe@example.com' }
const OKTA = { ...JOHN, id: 'okta:ab62c0bc-2837-11eb-9823-9fb8f750c5a9' }

const eventIn = (file: string) => JSON.parse(readFileSync(join(EVENTS, file), 'utf8')).event
const events = (event: unknown) => readEvents(JSON.stringify(event), SETTINGS, NOW)
const unreadable = { kind: 'unreadable', reason: expect.stringContaining('expected an EventBridge event') }

function direct(event: unknown): Reading {
  const reading = readDirect(event)
  if (reading.kind === 'unreadable') return reading
  const read = reading.channel === 'events' ? readEvents : readTopic
  return read(reading.bodies[0] ?? '', SETTINGS, NOW)
}

const emailIsNoUsername = {
  kind: 'unreadable',
  reason: 'sns/hr: `email` is unknown',
  namesUsername: true,
}

/** How each recorded or documented event reads by the channel that brings it. */
const READINGS: Readonly<Record<string, readonly [read: (event: never) => unknown, reading: object]>> = {
  'apigw-http-v2-scim-patch.json': [events, unreadable],
  'bamboohr-event-based.json': [events, unreadable],
  'eventbridge-to-sqs.json': [
    (event: { Records: [{ body: string }] }) => readEvents(event.Records[0].body, SETTINGS, NOW),
    { departures: [OKTA] },
  ],
  'identitycenter-scim-cloudtrail-deleteuser.json': [events, { ...unreadable, namesUsername: false }],
  'okta-event-hook-deactivate.json': [
    (event: { data: { events: unknown[] } }) =>
      fromOktaEvent(event.data.events[0], SETTINGS, {}, 'hook/okta'),
    { departures: [{ ...JOHN, id: 'hook/okta:ab62c0bc-2837-11eb-9823-9fb8f750c5a9' }] },
  ],
  'okta-eventbridge-deactivate.json': [direct, { departures: [OKTA] }],
  'sailpoint-eventbridge.json': [
    events,
    { departures: [{ ...JOHN, id: 'sailpoint:6a7e8feb-b491-4cf7-a9f1-bf3703467718' }] },
  ],
  'sns-to-lambda.json': [direct, emailIsNoUsername],
  'sns-to-sqs-not-raw.json': [
    (event: { Records: [{ body: string }] }) => readTopic(event.Records[0].body, SETTINGS, NOW),
    emailIsNoUsername,
  ],
}

// Recorded and documented events live beside the project; where they are not, the skipped tests show it.
describe.skipIf(!existsSync(EVENTS))('recorded events', () => {
  test.each(Object.entries(READINGS))('%s', (file, [read, reading]) => {
    expect(read(eventIn(file) as never)).toMatchObject(reading)
  })

  test('are all replayed', () => {
    expect(Object.keys(READINGS).sort()).toStrictEqual(readdirSync(EVENTS).sort())
  })
})
