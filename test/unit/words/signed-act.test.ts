import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import {
  ACT_HEADER,
  digestOfAct,
  selfOf,
  stsOrigin,
  WHO_AM_I,
  WHO_AM_I_TYPE,
} from '../../../lib/words/signed-act.ts'

test.each([
  ['us-east-1', undefined, 'https://sts.us-east-1.amazonaws.com'],
  ['us-gov-west-1', undefined, 'https://sts.us-gov-west-1.amazonaws.com'],
  ['cn-north-1', undefined, 'https://sts.cn-north-1.amazonaws.com.cn'],
  ['us-east-1', 'http://127.0.0.1:4566', 'http://127.0.0.1:4566'],
])('stsOrigin() of %s, with the endpoint %s, is %s', (region, endpoint, origin) => {
  expect(stsOrigin(region, endpoint).origin).toBe(origin)
})

test('a proof asks STS who signed it, in a form, and binds the act by one header of every version', () => {
  expect(Object.fromEntries(new URLSearchParams(WHO_AM_I))).toEqual({
    Action: 'GetCallerIdentity',
    Version: '2011-06-15',
  })
  expect(WHO_AM_I_TYPE).toMatch(/^application\/x-www-form-urlencoded;/)
  expect(ACT_HEADER).toBe('x-atlas-offboarding-act')
})

test('digestOfAct() differs by function and by every byte of the act', () => {
  const digests = [digestOfAct('prod', '{}'), digestOfAct('dev', '{}'), digestOfAct('prod', '{ }')]

  expect(new Set(digests).size).toBe(3)
})

test('digestOfAct() is the same in every version of this program', () => {
  const digest = createHash('sha256').update('prod-operator\n{"action":"status"}').digest('hex')

  expect(digestOfAct('prod-operator', '{"action":"status"}')).toBe(digest)
})

test('selfOf() reads account and region of the ARN, and nothing of what is none', () => {
  const functionName = 'prod-operator'
  const invokedFunctionArn = `arn:aws:lambda:eu-west-1:111122223333:function:${functionName}`
  expect(selfOf({ functionName, invokedFunctionArn })).toEqual({
    ...{ functionName, accountId: '111122223333', region: 'eu-west-1' },
  })
  expect(selfOf({ functionName, invokedFunctionArn: '' })).toEqual({
    functionName,
    accountId: '',
    region: '',
  })
})
