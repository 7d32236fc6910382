import { expect, test } from 'vitest'
import { byline, personOf, shortCaller } from '../../../lib/words/caller.ts'
import { UNVERIFIED } from '../../../lib/words/decision.ts'

const ACCOUNT = '111122223333'
/** What is no ARN of IAM or STS, but nearly. */
const NO_ARNS = [
  `x-arn:aws:iam::${ACCOUNT}:user/ada`,
  `arn:aws:iam::${ACCOUNT}:user/ada\n`,
  `arn:aws:iam:us-east-1:${ACCOUNT}:user/ada`,
  'arn:aws:iam::aws:user/ada',
  `arn:aws:s3::${ACCOUNT}:user/ada`,
  `arn::iam::${ACCOUNT}:user/ada`,
  `arn:aws:iam::${ACCOUNT}:`,
]
const assumed = (role: string, session: string) => `arn:aws:sts::${ACCOUNT}:assumed-role/${role}/${session}`

test.each<[string, string]>([
  [assumed('AWSReservedSSO_OnCall_0123456789abcdef', 'ada@example.com'), 'ada@example.com'],
  [assumed('OnCall', 'ada'), 'OnCall/ada'],
  [`arn:aws:iam::${ACCOUNT}:user/ops/ada`, 'user/ops/ada'],
  [`arn:aws-us-gov:iam::${ACCOUNT}:root`, 'root'],
  [`arn:aws:iam::${ACCOUNT}:user/assumed-role/ada`, 'user/assumed-role/ada'],
  ['unverified', 'unverified'],
  ['okta', 'okta'],
  ...NO_ARNS.map((text): [string, string] => [text, text]),
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
  // Whoever made these roles chose their names, and chooses its sessions' names.
  [assumed('AWSReservedSSO_OnCall', 'ada@example.com'), 'role/AWSReservedSSO_OnCall'],
  [
    assumed('My_AWSReservedSSO_OnCall_0123456789abcdef', 'grace'),
    'role/My_AWSReservedSSO_OnCall_0123456789abcdef',
  ],
  [
    assumed('AWSReservedSSO_OnCall_0123456789abcdef0', 'grace'),
    'role/AWSReservedSSO_OnCall_0123456789abcdef0',
  ],
  [assumed('AWSReservedSSO_OnCall_0', 'grace'), 'role/AWSReservedSSO_OnCall_0'],
  [assumed('AWSReservedSSO_OnCall_0123456789abcdeg', 'grace'), 'role/AWSReservedSSO_OnCall_0123456789abcdeg'],
  [`arn:aws:iam::${ACCOUNT}:user/ops/ada`, 'user/ada'],
  [`arn:aws-cn:iam::${ACCOUNT}:user/ada`, 'user/ada'],
  [`arn:aws-us-gov:iam::${ACCOUNT}:root`, 'root'],
  [`arn:aws:sts::${ACCOUNT}:federated-user/ada`, undefined],
  ['unverified', undefined],
  ['', undefined],
  ...NO_ARNS.map((text): [string, undefined] => [text, undefined]),
])('personOf() of %s is %s', (arn, person) => {
  expect(personOf(arn)).toBe(person)
})

test.each([
  [{ actor: assumed('OnCall', 'ada') }, 'OnCall/ada'],
  [UNVERIFIED, 'unverified'],
  [{ actor: 'unverified', claimedBy: 'Ada_1+b.c@d-e' }, 'unverified, who typed Ada_1+b.c@d-e'],
  [{ actor: 'unverified', claimedBy: 'ada@example.com' }, 'unverified, who typed ada@example.com'],
  [
    { actor: assumed(SSO, 'ada'), confirmedBy: `${assumed(SSO, 'grace')}, ${assumed('OnCall', 'bea')}` },
    'ada, confirmed by grace and OnCall/bea',
  ],
  [
    { actor: 'unverified', claimedBy: '"see" <http://x.example/>\n' },
    'unverified, who typed _see___http___x.example___',
  ],
  [{ actor: 'unverified', claimedBy: 'a'.repeat(200) }, `unverified, who typed ${'a'.repeat(64)}`],
])('byline() of %j is %s', (actor, said) => {
  expect(byline(actor)).toBe(said)
})
