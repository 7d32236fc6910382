import { expect, test } from 'vitest'
import { shortCaller } from '../../../lib/words/caller.ts'

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
