import { describe, expect, test } from 'vitest'
import { openProposals } from '../../../lib/acts/confirm/open-proposals.ts'
import type { ProposalState } from '../../../lib/acts/confirm/proposal.ts'
import { propose } from '../../../lib/acts/confirm/propose.ts'
import { carryOut } from '../../../lib/acts/operator.ts'
import { release } from '../../../lib/acts/release.ts'
import { instant } from '../../../lib/cli/text.ts'
import { activeMember, later, ORG } from '../../support/cases.ts'
import type { WorldOptions } from '../../support/world.ts'
import { startDesk } from './desk.ts'
import { known, notices, onCallIn, passing, taken } from './on-call.ts'

const ACCOUNT = '111122223333'
const session = (role: string, name: string) => `arn:aws:sts::${ACCOUNT}:assumed-role/${role}/${name}`
const SSO = 'AWSReservedSSO_OnCall_0123456789abcdef'
const OTHER_SSO = 'AWSReservedSSO_Admin_fedcba9876543210'
const ADA = session(SSO, 'ada@example.com')
const GRACE = session(SSO, 'grace@example.com')
const EVE = session('Deploy', 'eve')

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
/** Nobody gives a dead worker's lock back; it lapses by then. */
const LOCKED = 3 * MINUTE
const BECAUSE = { because: 'HR-1042' }
const RELEASE = { action: 'release', rule: 'mass_removal', ...BECAUSE }

const LEAVERS = ['leaver-1@example.com', 'leaver-2@example.com', 'leaver-3@example.com']
const MEMBERS = LEAVERS.map((username, index) =>
  activeMember({ username, userId: `5e4bc367c6b0f41b0000000${index + 1}` }),
)

/** An organization over its limit, in which two people's word is needed. */
async function overLimit({ settings, ...options }: WorldOptions = {}) {
  const limits = { fourEyes: true, maxRemovalsPerDay: 0, ...settings }
  const { world, deps, tells, tellsAs } = onCallIn({ ...options, settings: limits }, MEMBERS)
  for (const [index, username] of LEAVERS.entries()) await taken(world, { id: `okta:evt-${index}`, username })
  const caseIds = world.cases().map(({ id }) => id)
  const proposes = async (request: object = {}, arn: string | undefined = ADA) => {
    const asked = { ...RELEASE, cases: caseIds, ...request }
    return String((await tellsAs(arn, asked)).proposed)
  }
  const confirms = (proposal: string, arn: string | undefined = GRACE, more = {}) =>
    tellsAs(arn, { action: 'confirm', proposal, ...more })
  const proposal = (id: string) => {
    const task = world.tasks('proposal').find((one) => one.id === id)
    if (!task) throw new Error(`Cannot find proposal "${id}"`)
    return { ...task, state: task.state as ProposalState }
  }
  const isOut = (username: string) => !world.org().members.some((member) => member.username === username)
  return {
    world,
    deps,
    tells,
    tellsAs,
    caseIds,
    proposes,
    confirms,
    proposal,
    out: () => LEAVERS.filter(isOut),
  }
}

describe('with FOUR_EYES, an act that could remove many people', () => {
  test('is not done: it is a proposal that alerts at once, and says until when', async () => {
    const { world, tellsAs, caseIds, out } = await overLimit()

    const answer = await tellsAs(ADA, { ...RELEASE, cases: caseIds })
    await passing(world)

    expect(answer).toEqual({
      proposed: expect.stringMatching(/^p-[a-f0-9]{20}$/),
      what: 'release 3 cases held for mass_removal',
      expiresAt: new Date(Number(world.tasks('proposal')[0]?.openedAt) + DAY),
      needs: 1,
    })
    expect(notices(world, 'proposed')).toMatchObject([
      {
        severity: 'High',
        message: expect.stringMatching(
          /^Proposed: release 3 cases held for mass_removal \(c-.*\)\. By ada@example\.com\.$/,
        ),
        actor: { user: { name: ADA } },
        unmapped: {
          proposal: answer.proposed,
          cases: caseIds.toSorted(),
          next: expect.stringContaining(`confirm ${answer.proposed}`),
        },
      },
    ])
    expect(out()).toEqual([])
  })

  test('is carried out when another person confirms it, and the evidence names both', async () => {
    const { world, proposes, confirms, proposal, caseIds, out } = await overLimit()
    const id = await proposes()

    const answer = await confirms(id)
    await passing(world, MINUTE)

    expect(answer).toMatchObject({
      result: 'done',
      answer: { cases: caseIds.map(() => ({ result: 'changed' })) },
    })
    expect(out()).toEqual(LEAVERS)
    expect(known(world, String(caseIds[0])).decisions).toMatchObject([
      { act: 'release', rule: 'mass_removal', actor: ADA, confirmedBy: GRACE, requestId: 'r-1' },
    ])
    for (const { actor, unmapped } of notices(world, 'released'))
      expect({ actor, unmapped }).toMatchObject({
        actor: { user: { name: ADA } },
        unmapped: { confirmed_by: GRACE },
      })
    expect(notices(world, 'confirmed')).toMatchObject([
      { severity: 'High', actor: { user: { name: ADA } }, unmapped: { proposal: id, confirmed_by: GRACE } },
    ])
    expect(proposal(id)).toMatchObject({ closedAt: expect.any(Date), state: { ended: 'done' } })
    expect(await confirms(id, EVE)).toEqual({ error: '`proposal`: it is closed: done; nothing was done' })
  })

  test.each<[string, string, string]>([
    ['the same session', ADA, ADA],
    ['another session of the same role', EVE, session('Deploy', 'grace')],
    ['another permission set of Identity Center', ADA, session(OTHER_SSO, 'ada@example.com')],
    ['the name in other letters', ADA, session(SSO, 'ADA@example.com')],
    ['the same IAM user', `arn:aws:iam::${ACCOUNT}:user/ops/ada`, `arn:aws:iam::${ACCOUNT}:user/ada`],
    ['root twice', `arn:aws:iam::${ACCOUNT}:root`, `arn:aws:iam::${ACCOUNT}:root`],
  ])('is not confirmed by the same person: %s', async (_, proposer, confirmer) => {
    const { world, proposes, confirms, out } = await overLimit()
    const id = await proposes({ by: 'ada' }, proposer)

    const answer = await confirms(id, confirmer, { by: 'grace' })
    await passing(world, MINUTE)

    expect(answer).toEqual({
      error:
        '`proposal`: another person must confirm: you proposed it or confirmed it before; nothing was done',
    })
    expect(out()).toEqual([])
  })

  test.each<[string, string | undefined]>([
    ['nobody whom AWS proved', undefined],
    ['a federated user, who may be anybody', `arn:aws:sts::${ACCOUNT}:federated-user/grace`],
  ])('is not confirmed by %s, nor declined', async (_, nobody) => {
    const { world, tellsAs, proposes, out } = await overLimit()
    const proposal = await proposes()

    for (const more of [{}, { decline: true }])
      expect(await tellsAs(nobody, { action: 'confirm', proposal, by: GRACE, ...more })).toEqual({
        error: '`proposal`: only a caller whom AWS proved to be one person can confirm; nothing was done',
      })
    await passing(world, MINUTE)
    expect(out()).toEqual([])
  })

  test('takes two other people where nothing proves who proposed it', async () => {
    const { world, tellsAs, confirms, caseIds, out } = await overLimit()
    const proposed = await tellsAs(undefined, { ...RELEASE, cases: caseIds })
    const id = String(proposed.proposed)

    expect(proposed).toMatchObject({ needs: 2 })
    expect(await confirms(id, ADA)).toMatchObject({ result: 'waiting' })
    expect(await confirms(id, session(OTHER_SSO, 'ada@example.com'))).toHaveProperty('error')
    expect(out()).toEqual([])
    expect(await confirms(id, GRACE)).toMatchObject({ result: 'done' })
    await passing(world, MINUTE)
    expect(out()).toEqual(LEAVERS)
    expect(known(world, String(caseIds[0])).decisions).toMatchObject([
      { actor: 'unverified', confirmedBy: `${ADA}, ${GRACE}` },
    ])
  })

  test.each<[string, object]>([
    ['release of mass_removal', RELEASE],
    ['release of privileged', { ...RELEASE, rule: 'privileged' }],
    ['release --all', { action: 'release', rule: 'observing', all: true, expect: 0, ...BECAUSE }],
    [
      'release --as',
      {
        action: 'release',
        rule: 'renamed',
        as: '5e4bc367c6b0f41b00000001',
        ...BECAUSE,
        cases: [`c-${'0'.repeat(20)}`],
      },
    ],
    ['approve', { action: 'approve', usernames: LEAVERS, until: later(DAY).toISOString(), ...BECAUSE }],
    ['resume', { action: 'resume', ...BECAUSE }],
    ['resume --org', { action: 'resume', orgId: ORG, ...BECAUSE }],
    ['forget', { action: 'forget', username: LEAVERS[0], ...BECAUSE }],
  ])('needs two: %s', async (_, request) => {
    const { tellsAs, caseIds } = await overLimit()

    const answer = await tellsAs(ADA, {
      ...('rule' in request && !('all' in request) && { cases: caseIds }),
      ...request,
    })

    expect(answer).toHaveProperty('proposed')
  })

  test('approve, confirmed, names both in each approval', async () => {
    const { world, tellsAs, confirms } = await overLimit()
    const until = later(DAY).toISOString()
    const { proposed } = await tellsAs(ADA, { action: 'approve', usernames: LEAVERS, until, ...BECAUSE })

    const answer = await confirms(String(proposed))

    expect(answer).toMatchObject({ result: 'done', answer: { approved: 3 } })
    expect(notices(world, 'approved')).toHaveLength(3)
    for (const { actor, unmapped } of notices(world, 'approved'))
      expect({ actor, unmapped }).toMatchObject({
        actor: { user: { name: ADA } },
        unmapped: { confirmed_by: GRACE },
      })
  })

  test('resume, confirmed, names both', async () => {
    const { world, tellsAs, confirms } = await overLimit()
    const { proposed } = await tellsAs(ADA, { action: 'resume', orgId: ORG, ...BECAUSE })

    expect(await confirms(String(proposed))).toMatchObject({ result: 'done', answer: { changed: true } })
    expect(notices(world, 'resumed')).toMatchObject([
      { actor: { user: { name: ADA } }, unmapped: { confirmed_by: GRACE } },
    ])
  })

  test('forget, confirmed, names both and takes the name out of the proposal too', async () => {
    const { world, tells, tellsAs, confirms, caseIds, proposal } = await overLimit()
    await tells({ action: 'cancel', cases: caseIds, ...BECAUSE })
    await passing(world, HOUR)
    await world.time.run(world.time.wait(30 * DAY))
    const { proposed } = await tellsAs(ADA, { action: 'forget', username: LEAVERS[0], ...BECAUSE })

    expect(await confirms(String(proposed))).toMatchObject({ result: 'done' })
    expect(notices(world, 'forgotten')).toMatchObject([
      { actor: { user: { name: ADA } }, unmapped: { confirmed_by: GRACE } },
    ])
    expect(JSON.stringify(proposal(String(proposed)))).not.toContain(LEAVERS[0])
  })

  test.each<[string, object]>([
    ['pause', { action: 'pause', ...BECAUSE }],
    ['remove of one person', { action: 'remove', username: 'zoe@example.com' }],
    ['release of another rule', { ...RELEASE, rule: 'observing', cases: [] }],
    ['cancel', { action: 'cancel', cases: [], ...BECAUSE }],
    ['retry', { action: 'retry', cases: [] }],
  ])('never needs two: %s', async (_, request) => {
    const { world, deps, caseIds } = await overLimit()
    const cases = { ...('cases' in request && { cases: caseIds }) }
    const invocation = { requestId: 'r-9', deadline: later(HOUR), caller: { arn: ADA } }
    const done = carryOut(deps, { ...request, ...cases }, invocation)
    await passing(world, HOUR)

    expect(await world.time.run(done)).not.toHaveProperty('proposed')
    expect(world.tasks('proposal')).toEqual([])
  })

  test('a release of all is refused once other cases are held than when it was proposed', async () => {
    const { world, tellsAs, confirms, out } = await overLimit()
    const all = { action: 'release', rule: 'mass_removal', all: true, expect: 3, ...BECAUSE }
    const { proposed } = await tellsAs(ADA, all)
    world.org().members = [...world.org().members, activeMember({ username: 'late@example.com' })]
    await taken(world, { id: 'okta:evt-9', username: 'late@example.com' })

    const answer = await confirms(String(proposed))
    await passing(world, MINUTE)

    expect(answer).toEqual({
      error: '`expect`: 4 cases are held for mass_removal, not 3; nothing was released',
    })
    expect(out()).toEqual([])
  })

  test('leaves a case alone that changed since, and names it', async () => {
    const { world, proposes, confirms, tells, caseIds, out } = await overLimit()
    const id = await proposes()
    await tells({ action: 'retry', cases: [caseIds[0]] })
    await passing(world)

    const { answer } = await confirms(id)
    await passing(world, MINUTE)

    const results = (answer as { cases: { case: string; result: string }[] }).cases
    expect(Object.fromEntries(results.map((one) => [one.case, one.result]))).toEqual({
      [String(caseIds[0])]: 'changed_since',
      [String(caseIds[1])]: 'changed',
      [String(caseIds[2])]: 'changed',
    })
    expect(out()).toHaveLength(2)
  })

  test('stays open while a worker has one of its cases, and the same command finishes it', async () => {
    const { world, deps, proposes, confirms, proposal, caseIds, out } = await overLimit()
    const id = await proposes()
    const locked = await world.time.run(deps.ledger.lock(known(world, String(caseIds[0])).subject, 'other'))

    const first = await confirms(id)
    expect([first.result, proposal(id).closedAt]).toEqual(['unfinished', undefined])

    if (locked.kind === 'locked') await world.time.run(deps.ledger.unlock(locked.lock))
    expect(await confirms(id)).toMatchObject({ result: 'done' })
    await passing(world, MINUTE)
    expect(out()).toEqual(LEAVERS)
  })

  test('a resume lifts no pause that came after it', async () => {
    const { world, tells, tellsAs, confirms } = await overLimit()
    const { proposed } = await tellsAs(ADA, { action: 'resume', ...BECAUSE })
    await tells({ action: 'pause', ...BECAUSE })

    expect(await confirms(String(proposed))).toEqual({
      error: '`proposal`: what it is about has changed since; propose it again',
    })
    expect(notices(world, 'resumed')).toEqual([])
  })

  test('is declined by whoever is proved, and then confirmed by nobody', async () => {
    const { world, proposes, confirms, proposal } = await overLimit()
    const id = await proposes()

    expect(await confirms(id, ADA, { decline: true, because: 'a mistake' })).toMatchObject({
      result: 'declined',
    })
    expect(await confirms(id)).toEqual({ error: '`proposal`: it is closed: declined; nothing was done' })
    expect(proposal(id).state).not.toHaveProperty('request')
    expect(notices(world, 'proposal_closed')).toMatchObject([
      { severity: 'Medium', unmapped: { ended: 'declined', confirmed_by: ADA } },
    ])
  })

  test('lapses after 24 hours: the runner closes it, publishes that, and keeps no name', async () => {
    const { world, tellsAs, confirms, proposal } = await overLimit()
    const usernames = ['zoe@example.com']
    const approve = { action: 'approve', usernames, until: later(3 * DAY).toISOString(), ...BECAUSE }
    const id = String((await tellsAs(ADA, approve)).proposed)
    await passing(world, DAY + MINUTE)

    expect(await confirms(id)).toEqual({ error: '`proposal`: it is closed: expired; nothing was done' })
    expect(notices(world, 'proposal_closed')).toMatchObject([
      {
        message: `Nobody confirmed it within 24 hours: approve 1 person until ${instant(later(3 * DAY))}. By ada@example.com.`,
      },
    ])
    expect(JSON.stringify(proposal(id))).not.toContain('zoe@example.com')
  })

  test('is not confirmed after 24 hours though no sweep came', async () => {
    const { world, proposes, confirms } = await overLimit()
    const id = await proposes()
    await world.time.run(world.time.wait(DAY))

    expect(await confirms(id)).toEqual({ error: '`proposal`: its time is over; nothing was done' })
  })

  test('an invocation that is repeated is the same proposal', async () => {
    const { world, tells, caseIds } = await overLimit()

    const [first, again] = [
      await tells({ ...RELEASE, cases: caseIds }),
      await tells({ ...RELEASE, cases: caseIds }),
    ]

    expect(again).toEqual(first)
    expect(world.tasks('proposal')).toHaveLength(1)
    expect(notices(world, 'proposed')).toHaveLength(1)
  })

  test('is refused before it is proposed if it cannot be done at all, or outgrows an item of the ledger', async () => {
    const { world, tellsAs } = await overLimit()
    const usernames = Array.from({ length: 9_000 }, (_, index) => `somebody-${index}@example.com`)

    expect(await tellsAs(ADA, { ...RELEASE, all: true, expect: 47 })).toHaveProperty('error')
    expect(await tellsAs(ADA, { action: 'resume', orgId: 'f'.repeat(24), ...BECAUSE })).toHaveProperty(
      'error',
    )
    expect(
      await tellsAs(ADA, { action: 'approve', usernames, until: later(DAY).toISOString(), ...BECAUSE }),
    ).toEqual({ error: expect.stringContaining('too much for one proposal; split -l 2000 FILE') })
    expect(world.tasks('proposal')).toEqual([])
  })

  test.each([
    { cases: 5_000, answer: { what: 'release 5000 cases held for mass_removal' } },
    { cases: 50_000, answer: { error: expect.stringContaining('cases --kind mass_removal --json | jq') } },
  ])('releases $cases leavers, each with the member who was shown, or says how to', async (layoff) => {
    const { world, deps } = await overLimit()
    const numbers = Array.from({ length: layoff.cases }, (_, index) => index.toString(16))
    const fixed = Object.fromEntries(numbers.map((number) => [`c-${number.padStart(20, '0')}`, 10]))
    const act = { ...release, fixes: async () => fixed }
    const members = numbers.map((number) => number.padStart(24, '0'))
    const body = { ...RELEASE, all: true, expect: layoff.cases, members }
    const invocation = { caller: { arn: ADA }, requestId: 'r-7', deadline: later(HOUR) }

    expect(await world.time.run(propose(deps, act, body, invocation))).toMatchObject(layoff.answer)
  })

  test('is refused for a case that is by now held for another member than was shown', async () => {
    const settings = { holdOrgRoles: ['ORG_MEMBER'], maxRemovalsPerDay: 10 }
    const { world, tellsAs, caseIds } = await overLimit({ settings })
    const members = [MEMBERS[0]?.userId, MEMBERS[1]?.userId]

    const { error } = await tellsAs(ADA, { ...RELEASE, rule: 'privileged', cases: caseIds, members })

    expect(error).toMatch(/^`members`: c-\w+ is held for another member than was shown/)
    expect(world.tasks('proposal')).toEqual([])
  })
})

describe('after a crash', () => {
  const cuts = ['before', 'after'].flatMap((when) => [0, 1, 2, 3, 5, 8, 13, 21].map((write) => [when, write]))

  test.each(cuts as [when: 'before' | 'after', write: number][])(
    '%s call %i to the table, the same command continues, and each case is released once',
    async (when, calls) => {
      let left = Number.POSITIVE_INFINITY
      const { world, proposes, confirms, caseIds, out } = await overLimit({
        faultFor({ service, role }) {
          if (service !== 'table' || role !== 'departures') return undefined
          left -= 1
          return left < 0 ? { kind: 'error', when } : undefined
        },
      })
      const id = await proposes()
      left = calls
      await confirms(id).catch(() => undefined)
      left = Number.POSITIVE_INFINITY
      await passing(world, LOCKED)

      const answer = await confirms(id)
      await passing(world, 10 * MINUTE)

      expect(String(answer.error ?? '')).toMatch(/^$|it is closed: done/)
      expect(out()).toEqual(LEAVERS)
      for (const caseId of caseIds) expect(known(world, caseId).decisions).toHaveLength(1)
    },
  )
})

describe('--break-glass', () => {
  const ALONE = { breakGlass: 'nobody answers the phone' }

  test('acts alone, alerts at once and every hour, until another person acknowledges it', async () => {
    const { world, tellsAs, confirms, caseIds, out } = await overLimit()

    const { brokeGlass, cases } = await tellsAs(ADA, { ...RELEASE, cases: caseIds, ...ALONE })
    const id = String(brokeGlass)
    const atOnce = notices(world, 'broke_glass')
    await passing(world, 3 * HOUR + MINUTE)
    const before = notices(world, 'broke_glass').length
    const own = await confirms(id, session(OTHER_SSO, 'ada@example.com'))
    const acknowledged = await confirms(id, GRACE, { because: 'looked at it' })
    await passing(world, 3 * HOUR)

    expect(cases).toHaveLength(3)
    expect(out()).toEqual(LEAVERS)
    expect(atOnce).toMatchObject([
      { severity: 'High', actor: { user: { name: ADA } }, unmapped: { broke_glass: ALONE.breakGlass } },
    ])
    expect(before).toBe(4)
    expect(own).toHaveProperty('error')
    expect(acknowledged).toMatchObject({ result: 'acknowledged' })
    expect(notices(world, 'broke_glass')).toHaveLength(before)
    expect(notices(world, 'proposal_closed')).toMatchObject([{ unmapped: { confirmed_by: GRACE } }])
  })

  test('cannot be declined: it is done', async () => {
    const { tellsAs, confirms, caseIds } = await overLimit()
    const { brokeGlass } = await tellsAs(ADA, { ...RELEASE, cases: caseIds, ...ALONE })

    expect(await confirms(String(brokeGlass), GRACE, { decline: true })).toEqual({
      error: '`proposal`: it is done; nothing was done',
    })
  })

  test('of somebody whom nothing proves needs two to acknowledge it', async () => {
    const { tellsAs, confirms, caseIds } = await overLimit()
    const { brokeGlass } = await tellsAs(undefined, { ...RELEASE, cases: caseIds, ...ALONE })

    expect(await confirms(String(brokeGlass), ADA)).toMatchObject({ result: 'waiting' })
    expect(await confirms(String(brokeGlass), GRACE)).toMatchObject({ result: 'acknowledged' })
  })

  test('can be switched off', async () => {
    const { world, tellsAs, caseIds, out } = await overLimit({ settings: { breakGlass: false } })

    expect(await tellsAs(ADA, { ...RELEASE, cases: caseIds, ...ALONE })).toEqual({
      error: '`breakGlass`: is switched off here; propose it without',
    })
    await passing(world, MINUTE)
    expect(out()).toEqual([])
  })

  test('changes nothing where FOUR_EYES is off', async () => {
    const { world, tellsAs, caseIds } = await overLimit({ settings: { fourEyes: false } })

    expect(await tellsAs(ADA, { ...RELEASE, cases: caseIds, ...ALONE })).not.toHaveProperty('brokeGlass')
    expect(world.tasks('proposal')).toEqual([])
  })
})

test('a proposal that is confirmed and never carried out to the end says so when it lapses', async () => {
  const { world, tellsAs, confirms, proposal } = await overLimit()
  const { proposed } = await tellsAs(ADA, { action: 'forget', username: LEAVERS[0], ...BECAUSE })
  await confirms(String(proposed))
  await passing(world, DAY + MINUTE)

  expect(proposal(String(proposed)).state).toMatchObject({ ended: 'expired', confirmedAt: expect.any(Date) })
  expect(notices(world, 'proposal_closed')).toMatchObject([
    {
      message: expect.stringContaining(
        'Confirmed, and not known to be carried out to the end: forget 1 person (c-',
      ),
    },
  ])
})

describe('the command line', () => {
  const twoPeople = { settings: { fourEyes: true, maxRemovalsPerDay: 0 } }

  async function proposedAtDesk() {
    const desk = startDesk(twoPeople)
    desk.world.org().members = [...MEMBERS]
    const kase = await taken(desk.world, { username: LEAVERS[0] })
    const ran = await desk.run(`release ${kase.id} --because HR-1042`)
    const proposal = /\bp-[a-f0-9]{20}\b/.exec(ran.err)?.[0] ?? ''
    return { ...desk, kase, ran, proposal }
  }

  test('says who must confirm, how, and until when; as JSON too', async () => {
    const { run, kase, ran, proposal } = await proposedAtDesk()
    const json = await run(`release ${kase.id} --because HR-1042 --json`)

    expect(ran).toMatchObject({ status: 1, out: '' })
    expect(ran.err).toMatch(
      /proposed, not done: release 1 case held for mass_removal\nBy another person, before .*Z:\nnext: .* confirm p-\w+$/,
    )
    expect(JSON.parse(json.out)).toMatchObject({ proposed: expect.not.stringMatching(proposal), needs: 1 })
  })

  test('`status` lists what waits and who must act; without FOUR_EYES it recommends it', async () => {
    const { run, kase, proposal } = await proposedAtDesk()
    const { out } = await run('status')
    const alone = await startDesk().run('status')

    expect(out).toMatch(/^People {2}FOUR_EYES/m)
    expect(out).toContain(`on-call/grace: release 1 case held for mass_removal: HR-1042\n  ${kase.id}`)
    expect(out).toContain('By another person; lapses in 23 h')
    expect(out).toMatch(new RegExp(`next: atlas-offboarding confirm ${proposal}$`, 'm'))
    expect(alone.out).toContain("one person alone can remove many people; recommended: fourEyes: 'on'")
  })

  test('`confirm` says which case it left alone, and not that all was carried out', async () => {
    const { world, run, kase } = await proposedAtDesk()
    const invocation = { requestId: 'r-7', deadline: later(HOUR), caller: { arn: ADA } }
    const asked = { ...RELEASE, cases: [kase.id] }
    const proposed = carryOut(world.worker('operator').deps, asked, invocation)
    const { proposed: proposal } = (await world.time.run(proposed)) as { proposed: string }
    await run(`cancel ${kase.id} --because HR-1042`)
    await passing(world, MINUTE)
    const { status, out } = await run(`confirm ${proposal}`)

    expect(status).toBe(1)
    expect(out).toContain('Confirmed, and carried out, but for what is named below: release 1 case')
    expect(out).toContain(`${kase.id}: closed`)
  })

  test('`confirm` shows what it is about and asks; anything but yes confirms nothing', async () => {
    const { run, proposal } = await proposedAtDesk()

    const alone = await run(`confirm ${proposal}`, { alone: true })
    const no = await run(`confirm ${proposal}`, { says: 'n' })
    const decline = await run(`confirm ${proposal} --decline`, { says: 'y' })
    const gone = await run(`confirm ${proposal}`)

    expect(alone).toMatchObject({ status: 2, err: expect.stringContaining('needs --yes') })
    expect(no).toMatchObject({
      status: 1,
      asked: ['Confirm this: release 1 case held for mass_removal? [y/N] '],
      err: expect.stringContaining('Proposed 2026'),
    })
    expect(decline).toMatchObject({ status: 0, out: 'Declined: release 1 case held for mass_removal' })
    expect(gone).toMatchObject({ status: 1, err: expect.stringContaining('there is no open proposal') })
  })
})

test('openProposals() shows who wants what of whom, and at most 20', async () => {
  const { world, deps, proposes, tellsAs, caseIds } = await overLimit()
  const usernames = ['zoe@example.com']
  await proposes()
  await tellsAs(ADA, { action: 'approve', usernames, until: later(DAY).toISOString(), ...BECAUSE })
  const few = await world.time.run(openProposals(deps.ledger))
  for (let more = 0; more < 25; more += 1) await proposes()

  expect(few).toContainEqual(
    expect.objectContaining({
      by: { actor: ADA },
      because: 'HR-1042',
      cases: caseIds.toSorted(),
      people: [],
    }),
  )
  expect(few).toContainEqual(expect.objectContaining({ cases: [], people: usernames }))
  expect(await world.time.run(openProposals(deps.ledger))).toHaveLength(20)
})

test('a proposal to forget somebody is no task of theirs: it does not keep them from being forgotten', async () => {
  const { world, deps, tellsAs } = await overLimit()
  await tellsAs(ADA, { action: 'forget', username: LEAVERS[0], ...BECAUSE })

  const tasks = await world.time.run(deps.ledger.ofPerson(String(LEAVERS[0])))

  expect(tasks.map(({ kind }) => kind)).toEqual(['case'])
  expect(JSON.stringify(notices(world, 'proposed'))).not.toContain(LEAVERS[0])
})
