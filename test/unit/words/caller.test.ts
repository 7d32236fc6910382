import { expect, test } from 'vitest'
import { personOf, shortCaller } from '../../../lib/words/caller.ts'

const ACCOUNT = '111122223333'
const assumed = (role: string, session: string) => `arn:aws:sts::${ACCOUNT}:assumed-role/${role}/${session}`

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

const SSO = 'AWSReservedSSO_OnCall_0123456789abcdef'
const ADMIN = 'AWSReservedSSO_Break_Glass_fedcba9876543210'

test.each<[string, string | undefined]>([
  [assumed(SSO, 'ada@example.com'), 'sso/ada@example.com'],
  [assumed(ADMIN, 'ADA@example.com'), 'sso/ada@example.com'],
  [assumed('OnCall', 'ada'), 'role/OnCall'],
  [assumed('OnCall', 'grace'), 'role/OnCall'],
  // Whoever made this role chose its name, and chooses its sessions' names.
  [assumed('AWSReservedSSO_OnCall', 'ada@example.com'), 'role/AWSReservedSSO_OnCall'],
  [`arn:aws:iam::${ACCOUNT}:user/ops/ada`, 'user/ada'],
  [`arn:aws-cn:iam::${ACCOUNT}:user/ada`, 'user/ada'],
  [`arn:aws-us-gov:iam::${ACCOUNT}:root`, 'root'],
  [`arn:aws:sts::${ACCOUNT}:federated-user/ada`, undefined],
  ['unverified', undefined],
  ['', undefined],
])('personOf() of %s is %s', (arn, person) => {
  expect(personOf(arn)).toBe(person)
})
