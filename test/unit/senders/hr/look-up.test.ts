import { expect, test } from 'vitest'
import { type HrDeps, noteHealth } from '../../../../lib/senders/hr/look-up.ts'
import { at, HOUR, NOW, sweepWorld } from '../../sweep/sweep-world.ts'

const PASSING = { kind: 'silent', code: 'HTTP_503', needsHuman: false } as const

test('noteHealth() alerts of a failure that may pass by itself once it has lasted four hours', async () => {
  const world = sweepWorld()
  const deps = world.deps as unknown as HrDeps
  const notices: unknown[] = []
  for (const now of [NOW, at(4 * HOUR - 1), at(4 * HOUR), at(5 * HOUR)]) {
    world.now = now
    await noteHealth(deps, 'hr/hibob', PASSING)
    notices.push(world.notices())
  }

  expect(notices).toEqual([[], [], ['hr_look_up_failing'], ['hr_look_up_failing']])
})
