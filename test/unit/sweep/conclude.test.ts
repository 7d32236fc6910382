import { expect, test } from 'vitest'
import type { RemovalEvent } from '../../../lib/evidence/explain.ts'
import { withReported } from '../../../lib/sweep/conclude.ts'
import { NOW } from './sweep-world.ts'

test('withReported() remembers each event once, and the latest 1,000', () => {
  const events = Array.from({ length: 1_001 }, (_, n) => ({ id: `e-${n}` }) as RemovalEvent)

  const { reported = [] } = withReported({ comparedUntil: NOW, reported: ['e-0', 'e-1'] }, events)

  expect(reported).toHaveLength(1_000)
  expect([reported[0], reported.at(-1)]).toEqual(['e-1', 'e-1000'])
})
