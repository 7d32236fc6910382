import { expect, test } from 'vitest'
import { ORG } from '../../support/cases.ts'
import { expectSound, testOcsf } from './sound.ts'
import { startStack } from './stack.ts'
import { told } from './told.ts'

const [GRACE, ALAN, ADA] = ['grace@example.com', 'alan@example.com', 'ada@example.com']
const ROSTERS = JSON.stringify([
  { name: 'workday', prefix: 'workday/', timeZone: 'UTC', accessEnds: 'day_begins' },
])
const day = (daysAhead: number) => new Date(Date.now() + daysAhead * 86_400_000).toISOString().slice(0, 10)
const csv = (...lines: readonly string[]) =>
  ['Employee_ID,Email_-_Work,Worker_Status,Termination_Date', ...lines, ''].join('\r\n')

test('a nightly file removes who left, schedules who will, and the role may do what that takes', async () => {
  await using stack = await startStack({ parameters: { Rosters: ROSTERS } })
  await stack.sweep.invoke({ job: 'hour' })
  const file = csv(`W1,${GRACE},Terminated,${day(0)}`, `W2,${ALAN},Active,${day(30)}`, `W3,${ADA},Active,`)

  expect(await stack.roster.invoke(stack.aws.rosters.put('workday/a.csv', `\ufeff${file}`))).toMatchObject({
    payload: null,
  })

  const outcomes = (await told(stack, 2)).map(({ source, kind }) => `${source} ${kind}`)
  expect(outcomes.toSorted()).toEqual(['roster/workday removed', 'roster/workday scheduled'])
  expect([...stack.policies.allowed].filter((act) => act.endsWith('RosterRole')).toSorted()).toEqual([
    'dynamodb:BatchGetItem by RosterRole',
    'dynamodb:GetItem by RosterRole',
    'dynamodb:PutItem by RosterRole',
    'dynamodb:UpdateItem by RosterRole',
    's3:GetObjectVersion by RosterRole',
    'sqs:SendMessage by RosterRole',
  ])
  await expectSound(stack, { [ORG]: [GRACE] })
})

test('a file that is cut off removes nobody, and the sweep publishes that', async () => {
  await using stack = await startStack({ parameters: { Rosters: ROSTERS } })
  await stack.sweep.invoke({ job: 'hour' })
  const cut = csv(`W1,${GRACE},Terminated,${day(0)}`, `W3,${ADA},Active,`).slice(0, -4)

  await stack.roster.invoke(stack.aws.rosters.put('workday/a.csv', cut))

  const { payload } = await stack.operatorRead.invoke({ action: 'status' })
  expect(payload).toMatchObject({
    rosters: [
      { roster: 'workday', refused: { key: 'workday/a.csv', why: expect.stringContaining('line 3') } },
    ],
  })
  await expectSound(stack)
})

testOcsf()
