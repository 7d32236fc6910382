import { expect, test } from 'vitest'
import { caseTable } from '../../../lib/evidence/case-table.ts'
import { rowOf } from '../../../lib/evidence/rows.ts'
import { activeMember, ON_CALL } from '../../support/cases.ts'
import { known, notices, onCallIn, passing, taken } from './on-call.ts'

const BECAUSE = { because: 'Atlas shows them as PENDING' }
const ADA = 'arn:aws:sts::111122223333:assumed-role/AWSReservedSSO_OnCall_0123456789abcdef/ada@example.com'

test('restored() records once who found a removed person again, and the report says so', async () => {
  const { world, tells } = onCallIn({}, [activeMember()])
  const { id } = await taken(world)
  const request = { action: 'restored', case: id, ...BECAUSE }

  const answers = [await tells(request), await tells(request)]
  await passing(world)

  const { state, decisions, closedAt } = known(world, id)
  expect(answers).toEqual([{ recorded: true }, { recorded: true }])
  expect(decisions).toMatchObject([{ act: 'restore', actor: ON_CALL.arn, ...BECAUSE }])
  expect(state).toMatchObject({ outcome: { kind: 'removed' }, seenAgainAt: decisions[0]?.at })
  expect(closedAt).toBeInstanceOf(Date)
  expect(notices(world, 'restored')).toMatchObject([
    { actor: { user: { name: ON_CALL.arn } }, user: { name: 'ada@example.com' }, unmapped: { case: id } },
  ])
  const row = rowOf(known(world, id))
  const shown = caseTable('Cases', [row], { targetMs: 1, made: undefined }).markup
  expect(shown).toMatch(/restored \d{4}-\d\d-\d\d/)
  expect(shown).toContain(`restored by ${ON_CALL.arn}`)
  expect(shown).not.toContain('a member again')
})

test('restored() refuses who was not removed, who is unknown, and oneself', async () => {
  const { world, tells, tellsAs } = onCallIn({ settings: { mode: 'observe' } }, [activeMember()])
  const { id } = await taken(world)
  const request = { action: 'restored', case: id, ...BECAUSE }
  const refused = { error: expect.stringContaining('only who was removed') }

  expect(await tells(request)).toEqual(refused)
  expect(await tells({ ...request, case: `c-${'0'.repeat(20)}` })).toEqual(refused)
  await tells({ action: 'release', cases: [id], rule: 'observing', ...BECAUSE })
  await passing(world)
  expect(await tellsAs(ADA, request)).toEqual({ error: expect.stringContaining('about themselves') })
  expect(known(world, id).decisions).toHaveLength(1)
})

test('restored() of a case that changes at the same time asks to try again', async () => {
  const { world, deps, tells } = onCallIn({}, [activeMember()])
  const { id } = await taken(world)
  deps.ledger.commit = async () => undefined

  expect(await tells({ action: 'restored', case: id, ...BECAUSE })).toEqual({
    error: expect.stringContaining('try again'),
  })
})
