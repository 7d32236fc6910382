import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { bodiesOfDirectEvent } from '../../../lib/senders/direct.ts'
import { readMessage } from '../../../lib/senders/read-message.ts'

const EVENTS = join(import.meta.dirname, '../../../../shared/events')
const SETTINGS = { onSuspend: 'ignore', oktaAppIds: [] } as const
const JOHN = { username: 'john.doe@example.com' }

// Recorded and documented events live beside the project; where they are not, the skipped tests show it.
describe.skipIf(!existsSync(EVENTS))('readMessage() on recorded events', () => {
  const eventIn = (file: string) => JSON.parse(readFileSync(join(EVENTS, file), 'utf8')).event
  const readBody = (file: string) => readMessage(eventIn(file).Records[0].body, SETTINGS)
  const readWhole = (file: string) => readMessage(JSON.stringify(eventIn(file)), SETTINGS)

  test('finds the leaver of an Okta event, alone or as a body of the queue', () => {
    const departure = { ...JOHN, id: 'okta:ab62c0bc-2837-11eb-9823-9fb8f750c5a9' }

    expect(readWhole('okta-eventbridge-deactivate.json')).toMatchObject({ departures: [departure] })
    expect(readBody('eventbridge-to-sqs.json')).toMatchObject({ departures: [departure] })
  })

  test('finds the leaver of a SailPoint event', () => {
    expect(readWhole('sailpoint-eventbridge.json')).toMatchObject({
      departures: [{ ...JOHN, id: 'sailpoint:6a7e8feb-b491-4cf7-a9f1-bf3703467718' }],
    })
  })

  test('opens SNS envelopes of both spellings, and tells that `email` is no `username`', () => {
    const [direct = ''] = bodiesOfDirectEvent(eventIn('sns-to-lambda.json')) ?? []

    for (const reading of [readBody('sns-to-sqs-not-raw.json'), readMessage(direct, SETTINGS)]) {
      expect(reading).toMatchObject({ kind: 'unreadable', reason: expect.stringContaining('`username`') })
    }
  })

  test.each([
    'identitycenter-scim-cloudtrail-deleteuser.json',
    'bamboohr-event-based.json',
    'okta-event-hook-deactivate.json',
    'apigw-http-v2-scim-patch.json',
  ])('calls %s unreadable, because no queue brings it', (file) => {
    expect(readWhole(file).kind).toBe('unreadable')
  })
})
