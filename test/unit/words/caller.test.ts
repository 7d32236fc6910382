import { describe, expect, test } from 'vitest'
import { personOf, shortCaller } from '../../../lib/words/caller.ts'

const ACCOUNT = '111122223333'
const assumed = (role: string, session: string) => `arn:aws:sts::${ACCOUNT}:assumed-role/${role}/${session}`
const same = (one: string, other: string) => personOf({ arn: one }) === personOf({ arn: other })

describe('personOf()', () => {
  test.each([
    ['two sessions of one role', assumed('OnCall', 'ada'), assumed('OnCall', 'grace')],
    [
      'one name under two permission sets of Identity Center',
      assumed('AWSReservedSSO_OnCall_0123456789abcdef', 'ada@example.com'),
      assumed('AWSReservedSSO_Admin_fedcba9876543210', 'ada@example.com'),
    ],
    [
      'two federation tokens',
      `arn:aws:sts::${ACCOUNT}:federated-user/ada`,
      `arn:aws:sts::${ACCOUNT}:federated-user/grace`,
    ],
    ['a user', `arn:aws:iam::${ACCOUNT}:user/ops/ada`, `arn:aws:iam::${ACCOUNT}:user/ops/ada`],
  ])('%s are one person', (_, one, other) => {
    expect(same(one, other)).toBe(true)
  })

  test.each([
    ['two roles', assumed('OnCall', 'ada'), assumed('Admin', 'ada')],
    [
      'two names of Identity Center',
      assumed('AWSReservedSSO_OnCall_0123456789abcdef', 'ada@example.com'),
      assumed('AWSReservedSSO_OnCall_0123456789abcdef', 'grace@example.com'),
    ],
    ['a role and a user of one name', assumed('ada', 'x'), `arn:aws:iam::${ACCOUNT}:user/ada`],
    [
      'one role name in two accounts',
      assumed('OnCall', 'x'),
      'arn:aws:sts::444455556666:assumed-role/OnCall/x',
    ],
    [
      'a role that only sounds like Identity Center’s, and such a one',
      assumed('OnCall', 'ada@example.com'),
      assumed('AWSReservedSSO_OnCall_0123456789abcdef', 'ada@example.com'),
    ],
    ['two users', `arn:aws:iam::${ACCOUNT}:user/ada`, `arn:aws-us-gov:iam::${ACCOUNT}:user/grace`],
  ])('%s are two persons', (_, one, other) => {
    expect(same(one, other)).toBe(false)
  })
})

test.each([
  [assumed('AWSReservedSSO_OnCall_0123456789abcdef', 'ada@example.com'), 'ada@example.com'],
  [assumed('OnCall', 'ada'), 'OnCall/ada'],
  [`arn:aws:iam::${ACCOUNT}:user/ops/ada`, 'user/ops/ada'],
  [`arn:aws-us-gov:iam::${ACCOUNT}:root`, 'root'],
  ['unverified', 'unverified'],
  ['okta', 'okta'],
])('shortCaller() of %s is %s', (arn, short) => {
  expect(shortCaller(arn)).toBe(short)
})
