import { describe, expect, test } from 'vitest'
import { operate } from '../../../lib/acts/operator.ts'
import type { Proved, Self, SignedAct } from '../../../lib/words/signed-act.ts'
import { later, ON_CALL } from '../../support/cases.ts'
import { notices, onCallIn } from './on-call.ts'

const SELF = { functionName: 'atlas-offboarding-prod-operator', accountId: '111122223333' }
const PAUSE = { action: 'pause', because: 'wrong people leave', by: 'grace' }
const PROOF = { authorization: 'AWS4-HMAC-SHA256 x', 'x-amz-date': '20261129T120000Z' }
const signed = (act: object) => ({ signed: JSON.stringify(act), proof: PROOF })

/** The writing function, and an STS that says of every proof what it is told to. */
function functionWith(says: Proved) {
  const { world, deps } = onCallIn()
  const asked: (readonly [SignedAct, Self])[] = []
  const callers = async (act: SignedAct, self: Self) => {
    asked.push([act, self])
    return says
  }
  const invocation = { requestId: 'r-1', deadline: later(60_000), self: SELF }
  const invoke = (body: unknown) => world.time.run(operate({ ...deps, callers }, body, invocation))
  return { world, invoke, asked }
}

describe('operate()', () => {
  test('names whom AWS authenticated, and beside it what they typed', async () => {
    const { world, invoke, asked } = functionWith({ kind: 'proved', caller: ON_CALL })

    const answer = await invoke(signed(PAUSE))

    expect(answer).toMatchObject({ stop: { actor: ON_CALL.arn, claimedBy: 'grace' } })
    expect(notices(world, 'stopped_paused')).toMatchObject([
      { actor: { user: { name: ON_CALL.arn } }, unmapped: { claimed_by: 'grace' } },
    ])
    expect(notices(world, 'unverified_act')).toEqual([])
    expect(asked).toEqual([[{ signed: JSON.stringify(PAUSE), proof: PROOF }, SELF]])
  })

  test('calls a typed name of the system a claim', async () => {
    const { world, invoke } = functionWith({ kind: 'proved', caller: ON_CALL })

    const answer = await invoke(signed({ ...PAUSE, by: 'system' }))

    expect(answer).toMatchObject({ stop: { actor: ON_CALL.arn, claimedBy: 'system' } })
    expect(notices(world, 'stopped_paused')).toMatchObject([{ unmapped: { claimed_by: 'system' } }])
  })

  test.each<[string, Proved, unknown]>([
    ['without a proof', { kind: 'proved', caller: ON_CALL }, PAUSE],
    ['whose proof STS cannot be asked about', { kind: 'unasked' }, signed(PAUSE)],
    ['that names a caller in its own words', { kind: 'unasked' }, { ...PAUSE, by: 'arn:aws:iam::1:user/x' }],
  ])('carries out an act %s, as nobody’s, and alerts', async (_, says, body) => {
    const { world, invoke } = functionWith(says)

    const answer = await invoke(body)

    expect(answer).toMatchObject({ stop: { actor: 'unverified' } })
    expect(notices(world, 'unverified_act')).toMatchObject([
      { severity: 'High', unmapped: { action: 'pause', request_id: 'r-1' } },
    ])
  })

  test.each<[string, unknown, RegExp]>([
    ['whose proof is false', signed(PAUSE), /^`proof`: STS answers SignatureDoesNotMatch; nothing was done$/],
    ['that is signed and is no JSON', { signed: '{', proof: PROOF }, /`signed`/],
    [
      'that is signed and says a key twice',
      { signed: '{"action":"pause","because":"a","because":"b"}', proof: PROOF },
      /`signed`/,
    ],
    ['with another key beside its proof', { ...signed(PAUSE), action: 'pause' }, /`action` is unknown/],
    [
      'whose proof has another header',
      { signed: '{}', proof: { ...PROOF, host: 'sts' } },
      /`host` is unknown/,
    ],
    [
      'whose proof breaks out of its header',
      { signed: '{}', proof: { ...PROOF, 'x-amz-date': 'a\r\nb' } },
      /x-amz-date/,
    ],
    ['without an authorization', { signed: '{}', proof: { 'x-amz-date': 'x' } }, /authorization/],
  ])('refuses an act %s', async (_, body, problem) => {
    const { world, invoke } = functionWith({ kind: 'forged', reason: 'STS answers SignatureDoesNotMatch' })

    expect(await invoke(body)).toEqual({ error: expect.stringMatching(problem) })
    expect(world.aws.published).toEqual([])
  })

  test.each<[string, object, Proved, RegExp]>([
    ['names its caller', { caller: { arn: ON_CALL.arn } }, { kind: 'unasked' }, /`caller` is unknown/],
    ['says that it is confirmed', { confirmed: true }, { kind: 'unasked' }, /`confirmed` is unknown/],
    ['has no proof', { by: ON_CALL.arn }, { kind: 'unasked' }, /there is no such proposal|AWS proved/],
    ['has a false proof', {}, { kind: 'forged', reason: 'STS answers X' }, /`proof`: STS answers X/],
  ])('does not confirm for a request that %s', async (_, more, says, problem) => {
    const { world, invoke } = functionWith(says)

    const answer = await invoke(signed({ action: 'confirm', proposal: `p-${'0'.repeat(20)}`, ...more }))

    expect(answer).toEqual({ error: expect.stringMatching(problem) })
    expect(notices(world, 'confirmed')).toEqual([])
  })

  const CASES = Array.from({ length: 150 }, (_, index) => `c-${String(index).padStart(20, '0')}`)
  const USERNAMES = ['ada@example.com', 'bob@example.com']

  test.each<[string, string, object, object]>([
    [
      'release',
      `release, 150 cases (${CASES.slice(0, 3).join(', ')} and 147 more)`,
      { rule: 'observing', cases: CASES },
      { rule: 'observing', cases: CASES.slice(0, 100), people: [] },
    ],
    [
      'cancel',
      `cancel, 1 case (${CASES[0]})`,
      { cases: CASES.slice(0, 1) },
      { cases: CASES.slice(0, 1), people: [] },
    ],
    [
      'approve',
      'approve, 2 people',
      { usernames: USERNAMES, until: later(3_600_000).toISOString() },
      { cases: [], people: USERNAMES },
    ],
  ])('alerts at once of %s: who, what, and which cases or people', async (action, said, request, about) => {
    const { world, invoke } = functionWith({ kind: 'proved', caller: ON_CALL })

    await invoke(signed({ action, ...request, because: 'HR-1', by: 'grace' }))

    expect(notices(world, 'operator_acted')).toMatchObject([
      {
        severity: 'High',
        message: `${said}. By on-call/grace, who typed grace.`,
        actor: { user: { name: ON_CALL.arn } },
        unmapped: { action, ...about, because: 'HR-1', claimed_by: 'grace', request_id: 'r-1' },
      },
    ])
  })

  type Published = { readonly message: string; readonly unmapped: object }

  test('alerts of no act that cannot be read, and names what an unproved one is about', async () => {
    const proved = functionWith({ kind: 'proved', caller: ON_CALL })
    await proved.invoke(signed({ action: 'release', cases: 7 }))
    const unproved = functionWith({ kind: 'unasked' })
    await unproved.invoke({ action: 'cancel', cases: CASES.slice(0, 1), because: 'x'.repeat(400), by: 7 })

    expect(proved.world.aws.published).toEqual([])
    const [{ message, unmapped }] = notices(unproved.world, 'unverified_act') as [Published]
    expect(message).toBe(`Nothing proves who did this: cancel, 1 case (${CASES[0]}). By unverified.`)
    expect(unmapped).toMatchObject({ action: 'cancel', cases: CASES.slice(0, 1) })
    expect(unmapped).not.toHaveProperty('because')
  })

  test('leaves the name out of the alert of an unproved forget: it is published for good', async () => {
    const { world, invoke } = functionWith({ kind: 'unasked' })

    await invoke({ action: 'forget', username: 'ada@example.com', because: 'law' })

    expect(notices(world, 'unverified_act')).toHaveLength(1)
    expect(JSON.stringify(world.aws.published)).not.toContain('ada@example.com')
  })

  test('does not alert of a request that is no act', async () => {
    const { world, invoke } = functionWith({ kind: 'unasked' })

    expect(await invoke({ action: 'unknown' })).toMatchObject({ error: expect.stringContaining('`action`') })
    expect(world.aws.published).toEqual([])
  })
})
