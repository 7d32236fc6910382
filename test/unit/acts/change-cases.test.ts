import { expect, test } from 'vitest'
import { changeCases } from '../../../lib/acts/change-cases.ts'
import { changeAndFollow } from '../../../lib/acts/follow.ts'
import type { Desk } from '../../../lib/cli/command.ts'
import { activeMember } from '../../support/cases.ts'
import { known, onCallIn, taken } from './on-call.ts'

const HELD = { settings: { mode: 'observe' } } as const

test('changeCases() waits for a worker that has the person, and says so if it never lets go', async () => {
  const { world, deps } = onCallIn(HELD, [activeMember()])
  const kase = await taken(world)
  const locked = await world.time.run(deps.ledger.lock(kase.subject, 'other'))
  const deadline = new Date(world.time.now().getTime() + 60_000)

  const busy = await world.time.run(changeCases(deps, [kase.id], deadline, () => ({})))
  if (locked.kind === 'locked') await world.time.run(deps.ledger.unlock(locked.lock))
  const free = await world.time.run(changeCases(deps, [kase.id], deadline, () => ({})))

  expect(busy).toEqual({ cases: [{ case: kase.id, result: 'busy' }] })
  expect(free).toMatchObject({ cases: [{ result: 'changed' }] })
})

test('changeCases() stops in time for the answer', async () => {
  const { world, deps } = onCallIn(HELD, [activeMember()])
  const { id, version } = await taken(world)
  const deadline = new Date(world.time.now().getTime() - 1)

  expect(await world.time.run(changeCases(deps, [id], deadline, () => ({})))).toEqual({
    cases: [{ case: id, result: 'not_reached' }],
  })
  expect(known(world, id).version).toBe(version)
})

test('changeAndFollow() gives up where nobody can tell how a case continued: the act itself is done', async () => {
  const terminal = { now: () => new Date(0), sleep: async () => undefined, working: () => () => undefined }
  const cases = [{ case: `c-${'0'.repeat(20)}`, result: 'changed', attempts: 1 }] as const
  const ask = async (face: string) => (face === 'operator' ? { cases } : { error: 'unreachable', status: 3 })
  const desk = { terminal, ask, view: () => ({ now: new Date(0) }) } as unknown as Desk
  const ended = (noWait?: true) => changeAndFollow(desk, { action: 'retry' }, { noWait, changed: 'waits' })

  expect(await ended()).toMatchObject({ answer: { cases, pending: true }, status: 1 })
  expect(await ended(true)).toMatchObject({ answer: { cases, pending: false }, status: 0 })
})
