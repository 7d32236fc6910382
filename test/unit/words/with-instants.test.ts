import { expect, test } from 'vitest'
import { fromJson, withInstants } from '../../../lib/words/with-instants.ts'

const TEXT = '2026-11-16T18:15:12.862Z'
const AT = new Date(TEXT)

test('withInstants() makes dates of the instants of an answer, however deep they lie', () => {
  const answer = {
    at: AT,
    rows: [{ openedAt: AT, state: { statedAt: AT } }],
    until: AT,
    since: AT,
    asOf: AT,
    validUntil: AT,
  }

  expect(withInstants(JSON.parse(JSON.stringify(answer)))).toEqual(answer)
})

test('fromJson() reads what JSON.stringify wrote', () => {
  expect(fromJson(JSON.stringify({ rows: [{ openedAt: AT }], reason: TEXT }))).toEqual({
    ...{ rows: [{ openedAt: AT }], reason: TEXT },
  })
})

test.each([
  [{ reason: TEXT }],
  [{ because: TEXT, username: TEXT }],
  [{ at: '2026-11-16' }],
  [{ at: `${TEXT} or so` }],
  [{ at: `about ${TEXT}` }],
  [{ satisfied: TEXT, format: TEXT, attest: TEXT, isAtHome: TEXT, long_since: TEXT }],
  [{ at: '2026-11-16T18:15:12.8620' }],
  [{ at: TEXT.replace('202', 'xyz') }],
  [{ at: 7, openedAt: null, closedAt: true }],
  [{ at: [TEXT] }],
  [[TEXT]],
  [TEXT],
  [null],
  [undefined],
])('withInstants() leaves %j as it is', (value) => {
  // It changes what it is given.
  expect(withInstants(structuredClone(value))).toEqual(value)
})
