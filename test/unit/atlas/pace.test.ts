import { expect, test } from 'vitest'
import { bookNext } from '../../../lib/atlas/pace.ts'

const NOW = new Date('2026-11-23T12:00:00Z')
const inMs = (ms: number) => new Date(NOW.getTime() + ms)

test('bookNext() waits for the next refill, and then gives each removal its share of the limit', () => {
  const first = bookNext(undefined, NOW)
  const second = bookNext(first, NOW)

  expect([first, second]).toEqual([inMs(60_720), inMs(61_440)])
})

test('bookNext() forgets a booking that is over', () => {
  expect(bookNext(inMs(-1), NOW)).toEqual(inMs(60_720))
})
