import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readDirect } from '../../../lib/senders/read-direct.ts'
import { readEvents } from '../../../lib/senders/read-events.ts'
import { readTopic } from '../../../lib/senders/read-topic.ts'
import { readWork } from '../../../lib/senders/read-work.ts'
import type { Reading } from '../../../lib/senders/reading.ts'
import { SAMPLES } from './samples.ts'

const SETTINGS = { onSuspend: 'remove', oktaAppIds: [] } as const
const NOW = new Date('2026-11-30T09:00:00Z')

test('every reader answers for any text', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.json()), (body) => {
      const readings = [
        readEvents(body, SETTINGS, NOW),
        readTopic(body, SETTINGS, NOW),
        readWork(body, 'http', SETTINGS),
        readDirect(body),
      ]
      expect(readings.map(({ kind }) => kind)).toStrictEqual(Array(4).fill('unreadable'))
    }),
  )
})

describe.each(Object.entries(SAMPLES))('%s with anything in the place of one part', (_, { read, body }) => {
  test('names nobody but the person, and never more of them', () => {
    const odd = fc.constantFrom(null, 7, [], {}, '', false, { toString: null })
    const spoiled = fc.tuple(fc.nat(), fc.oneof(fc.jsonValue(), odd))

    fc.assert(
      fc.property(spoiled, ([place, value]) => {
        const named = typeof value === 'string' ? value.trim() : 'ada@example.com'
        for (const name of namesIn(read(replaced(body, place, value)))) {
          expect(['ada@example.com', named]).toContain(name.trim())
        }
      }),
      { numRuns: 300 },
    )
  })

  test('never shows a value in a reason', () => {
    fc.assert(
      fc.property(fc.nat(), (place) => {
        expect(reasonOf(read(replaced(body, place, 's3cret\n')))).not.toContain('s3cret')
      }),
      { numRuns: 200 },
    )
  })
})

/** Puts a value in the place of one part of a body, parts being counted from the outside in. */
function replaced(body: unknown, place: number, value: unknown): unknown {
  let parts = 0
  JSON.stringify(body, (_, part) => {
    parts++
    return part
  })
  let seen = 0
  return JSON.parse(JSON.stringify(body, (_, part) => (seen++ === place % parts ? value : part)) ?? 'null')
}

function namesIn(reading: Reading): readonly string[] {
  if (reading.kind !== 'people') return []
  return [...reading.departures, ...reading.returns].map(({ username }) => username)
}

function reasonOf(reading: Reading): string {
  switch (reading.kind) {
    case 'unreadable':
      return reading.reason
    case 'people':
      return reading.unreadable ?? ''
    case 'ignored':
      return reading.why
    case 'task':
    case 'unfinished':
    case 'present':
    case 'reference':
      return ''
  }
}
