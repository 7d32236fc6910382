import { describe, expect, test } from 'vitest'
import { ADA, ENTRA, ends, NOTHING, play, REMOVED } from './examples.ts'

describe('Entra lifecycle workflows', () => {
  const SUBJECT = {
    id: 'u-1',
    displayName: 'Ada',
    email: ADA,
    userPrincipalName: ADA,
    manager: { email: 'boss@example.com' },
  }
  const RESULT = { id: 'r-1', createdDateTime: '2026-11-29T12:00:00Z' }
  const sends = async (
    subject: object,
    result: object | null = RESULT,
    type = 'lifecycleEvent',
    workflow: object = { id: 'w-1' },
  ) => {
    const body = JSON.stringify({
      data: { subject: { ...SUBJECT, ...subject }, taskProcessingResult: result, workflow },
      ...{ source: 'sample', type },
    })
    return await ends({ system: 'entra', headers: {}, body, lookup_reply: null })
  }

  test.each([
    ['no mailbox', { email: null }],
    ['a mailbox in another letter case', { email: 'ADA@EXAMPLE.COM' }],
    ['another sign-in name, and the mailbox in Atlas', { userPrincipalName: 'a.l@corp.example.com' }],
    ['another mailbox, and the sign-in name in Atlas', { email: 'a.l@mail.example.com' }],
    ['no sign-in name', { userPrincipalName: null }],
    ['an empty sign-in name', { userPrincipalName: '' }],
    ['a mailbox that is no address', { email: 'none' }],
  ])('with %s', async (_, subject) => {
    expect(await sends(subject)).toMatchObject({ ...REMOVED, status: 204 })
  })

  test.each(['Ada <ada@example.com>', 'a.l@mail.example.com;ada@example.com'])(
    'holds whose mailbox has something around it: %s',
    async (email) => {
      const end = await sends({ email, userPrincipalName: 'a.l@corp.example.com' })

      expect(end).toMatchObject({ status: 204, outcomes: ['held: ambiguous_username'], isIn: true })
    },
  )

  test.each([
    [
      'an instant to the ten-millionth of a second',
      { ...RESULT, createdDateTime: '2026-11-29T12:00:00.1234567Z' },
    ],
    ['another time zone', { ...RESULT, createdDateTime: '2026-11-29T14:00:00+02:00' }],
    ['an instant that nobody can read', { ...RESULT, createdDateTime: 'today' }],
    ['a number as id', { ...RESULT, id: 7 }],
    ['no result', null],
  ])('dates and names a run with %s', async (_, result) => {
    expect(await sends({}, result)).toMatchObject({ ...REMOVED, status: 204 })
  })

  test.each([
    ['names nobody', { email: null, userPrincipalName: null }, 'lifecycleEvent'],
    ['is another event', {}, 'joinerEvent'],
    [
      'has a list of mailboxes',
      { email: [ADA], userPrincipalName: 'a.l@corp.example.com' },
      'lifecycleEvent',
    ],
    ['has a misspelt mailbox', { mail: ADA, userPrincipalName: 'a.l@corp.example.com' }, 'lifecycleEvent'],
    ['comes from a workflow for joiners', {}, 'lifecycleEvent', { id: 'w-1', category: 'joiner' }],
  ])('refuses what %s, with an alert', async (_, subject, type, workflow?) => {
    const { status, rejected, ...end } = await sends(subject, RESULT, type, workflow)

    expect([status, end]).toEqual([400, expect.objectContaining(NOTHING)])
    expect(rejected).toHaveLength(1)
  })

  test('knows a run without a result when it comes twice', async () => {
    const body = JSON.stringify({ type: 'lifecycleEvent', data: { subject: SUBJECT } })
    const example = { ...{ id: 'ada', secret: null, meaning: 'departed' as const }, lookup_reply: null }
    const { desk } = await play({
      ...{ ...example, system: 'entra', headers: {}, body },
      expect: { username: ADA, effectiveAt: null },
    })
    desk.rig.now = new Date(desk.rig.now.getTime() + 60_000)
    await desk.post('entra-leavers', body, ENTRA)
    await desk.work()

    expect((await desk.cases()).map(({ state }) => state.outcome?.kind)).toEqual(['removed'])
  })
})
