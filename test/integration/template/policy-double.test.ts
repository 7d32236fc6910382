import { describe, expect, test } from 'vitest'
import type { Json, Template } from '../../../infra/check/template.ts'
import { type Conditions, type Context, conditionsHold } from '../../support/policy-double/conditions.ts'
import { type Caller, policyDouble } from '../../support/policy-double/policy-double.ts'

const RULE = 'arn:aws:events:us-east-1:111122223333:rule/okta'

describe('conditionsHold()', () => {
  test.each<[string, Conditions, Context, boolean]>([
    ['no condition', {}, {}, true],
    ['a value', { StringEquals: { k: 'a' } }, { k: 'a' }, true],
    ['another value', { StringEquals: { k: 'a' } }, { k: 'A' }, false],
    ['one of several values', { StringEquals: { k: ['a', 'b'] } }, { k: 'b' }, true],
    [
      'a key in another case',
      { StringEquals: { 'aws:PrincipalArn': 'a' } },
      { 'aws:principalarn': 'a' },
      true,
    ],
    ['an absent key', { StringEquals: { k: 'a' } }, {}, false],
    ['an absent key, negated', { StringNotEquals: { k: 'a' } }, {}, true],
    ['an equal value, negated', { StringNotEquals: { k: ['a', 'b'] } }, { k: 'b' }, false],
    ['another value, negated', { StringNotEquals: { k: ['a', 'b'] } }, { k: 'c' }, true],
    ['wildcards', { StringLike: { k: 'case#?*' } }, { k: 'case#1' }, true],
    ['wildcards that do not fit', { StringLike: { k: 'case#?*' } }, { k: 'case#' }, false],
    ['wildcards, negated', { StringNotLike: { k: 'case#*' } }, { k: 'case#1' }, false],
    ['a dot is a dot', { StringLike: { k: 'a.c' } }, { k: 'abc' }, false],
    ['wildcards of StringEquals are letters', { StringEquals: { k: 'a*' } }, { k: 'ab' }, false],
    ['an ARN', { ArnEquals: { k: RULE } }, { k: RULE }, true],
    ['an ARN by wildcard', { ArnEquals: { k: 'arn:aws:events:*:*:rule/*' } }, { k: RULE }, true],
    ['a wildcard does not reach over a colon', { ArnLike: { k: 'arn:aws:*:rule/okta' } }, { k: RULE }, false],
    ['an ARN, negated, absent', { ArnNotEquals: { k: RULE } }, {}, true],
    ['an ARN, negated, equal', { ArnNotEquals: { k: RULE } }, { k: RULE }, false],
    ['two keys of one operator', { ArnNotEquals: { k: RULE, l: RULE } }, { k: RULE }, false],
    ['two operators', { StringEquals: { k: 'a' }, StringLike: { l: 'b*' } }, { k: 'a', l: 'c' }, false],
    ['Bool', { Bool: { k: 'false' } }, { k: 'false' }, true],
    ['Bool, absent', { Bool: { k: 'false' } }, {}, false],
    ['Null wants absence', { Null: { k: 'true' } }, {}, true],
    ['Null wants presence', { Null: { k: 'false' } }, {}, false],
    ['Null, present', { Null: { k: 'false' } }, { k: 'a' }, true],
    ['Null, an empty list', { Null: { k: 'false' } }, { k: [] }, false],
    ['ForAllValues, absent', { 'ForAllValues:StringLike': { k: 'a*' } }, {}, true],
    ['ForAllValues, all', { 'ForAllValues:StringLike': { k: ['a*', 'b'] } }, { k: ['ab', 'b'] }, true],
    ['ForAllValues, one not', { 'ForAllValues:StringLike': { k: 'a*' } }, { k: ['ab', 'b'] }, false],
    ['ForAnyValue, one', { 'ForAnyValue:StringEquals': { k: 'b' } }, { k: ['a', 'b'] }, true],
    ['ForAnyValue, absent, negated', { 'ForAnyValue:StringNotEquals': { k: 'b' } }, {}, false],
    ['IfExists, absent', { StringEqualsIfExists: { k: 'a' } }, {}, true],
    ['IfExists, another', { StringEqualsIfExists: { k: 'a' } }, { k: 'b' }, false],
  ])('judges %s', (_, conditions, context, expected) => {
    expect(conditionsHold(conditions, context)).toBe(expected)
  })

  test.each<[Conditions, Context]>([
    [{ NumericLessThan: { k: '1' } }, { k: '0' }],
    [{ StringNotEqualsIgnoreCase: { k: '1' } }, {}],
    [{ StringEquals: { k: 'a' } }, { k: ['a', 'b'] }],
  ])('judges nothing that it does not know: %j', (conditions, context) => {
    expect(() => conditionsHold(conditions, context)).toThrow(/Cannot judge/)
  })
})

const ALLOW = { Effect: 'Allow', Action: 'sqs:SendMessage', Resource: '*' } as const
const QUEUE = 'arn:aws:sqs:us-east-1:111122223333:work'

/** A queue, a role and a rule, with policies of the test's own. */
function judgeWith(
  { queue = [], role = [] }: { queue?: readonly Json[]; role?: readonly Json[] },
  caller: Caller,
  more = {},
) {
  const policy = (statements: readonly Json[]) => ({ PolicyDocument: { Statement: statements } })
  const template: Template = {
    Resources: {
      Queue: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'work' } },
      QueuePolicy: {
        Type: 'AWS::SQS::QueuePolicy',
        Properties: { Queues: [{ Ref: 'Queue' }], ...policy(queue) },
      },
      Role: { Type: 'AWS::IAM::Role', Properties: { RoleName: 'ours', Policies: [policy(role)] } },
    },
  }
  return policyDouble(template).judge({ caller, action: 'sqs:SendMessage', resource: QUEUE, ...more })
}

const ROLE: Caller = { kind: 'role', id: 'Role' }
const ARN = 'arn:aws:iam::111122223333:role/ours'
const SERVICE: Caller = { kind: 'service', name: 'events.amazonaws.com' }
const other = (account: string, may: readonly Json[] = [ALLOW]): Caller => ({
  kind: 'other',
  arn: `arn:aws:iam::${account}:role/admin`,
  may,
})
const byService = { ...ALLOW, Principal: { Service: 'events.amazonaws.com' } }
const ours = other('111122223333')

describe('judge()', () => {
  test.each<[string, Parameters<typeof judgeWith>[0], Caller, string]>([
    ['nobody allows it', {}, ROLE, 'not_allowed'],
    ['the role allows it', { role: [ALLOW] }, ROLE, 'allowed'],
    ['the role allows another action', { role: [{ ...ALLOW, Action: 'sqs:Send' }] }, ROLE, 'not_allowed'],
    ['the role allows it by wildcard', { role: [{ ...ALLOW, Action: 'SQS:send*' }] }, ROLE, 'allowed'],
    ['the role allows it elsewhere', { role: [{ ...ALLOW, Resource: `${QUEUE}-dlq` }] }, ROLE, 'not_allowed'],
    ['the queue allows the role', { queue: [{ ...ALLOW, Principal: { AWS: ARN } }] }, ROLE, 'allowed'],
    [
      'the queue allows another role',
      { queue: [{ ...ALLOW, Principal: { AWS: `${ARN}2` } }] },
      ROLE,
      'not_allowed',
    ],
    [
      'the queue leaves it to the account',
      { queue: [{ ...ALLOW, Principal: { AWS: '111122223333' } }] },
      ROLE,
      'not_allowed',
    ],
    [
      'the queue denies what the role allows',
      { role: [ALLOW], queue: [{ ...ALLOW, Effect: 'Deny', Principal: '*' }] },
      ROLE,
      'denied',
    ],
    [
      'the queue denies somebody else',
      { role: [ALLOW], queue: [{ ...ALLOW, Effect: 'Deny', Principal: { AWS: `${ARN}2` } }] },
      ROLE,
      'allowed',
    ],
    ['the queue allows the service', { queue: [byService] }, SERVICE, 'allowed'],
    [
      'the queue allows another service',
      { queue: [{ ...byService, Principal: { Service: 'sns.amazonaws.com' } }] },
      SERVICE,
      'not_allowed',
    ],
    ['somebody of the account needs only an own policy', {}, ours, 'allowed'],
    ['somebody of another account needs both', {}, other('999999999999'), 'not_allowed'],
    [
      'both let another account',
      { queue: [{ ...ALLOW, Principal: { AWS: '999999999999' } }] },
      other('999999999999'),
      'allowed',
    ],
  ])('%s', (_, policies, caller, expected) => {
    expect(judgeWith(policies, caller)).toBe(expected)
  })

  test('a negated Deny on the principal hits services, which are no principal', () => {
    const deny = {
      Sid: 'x',
      ...ALLOW,
      Effect: 'Deny',
      Principal: '*',
      Condition: { ArnNotEquals: { 'aws:PrincipalArn': ARN } },
    }

    expect(judgeWith({ queue: [byService, deny] }, SERVICE)).toBe('denied')
    expect(judgeWith({ queue: [deny], role: [ALLOW] }, ROLE)).toBe('allowed')
  })

  test('an Allow for one source is none for another', () => {
    const queue = [{ ...byService, Condition: { ArnEquals: { 'aws:SourceArn': RULE } } }]

    expect(judgeWith({ queue }, SERVICE, { sourceArn: RULE })).toBe('allowed')
    expect(judgeWith({ queue }, SERVICE, { sourceArn: `${RULE}2` })).toBe('not_allowed')
    expect(judgeWith({ queue }, SERVICE)).toBe('not_allowed')
  })

  test('judges no statement with an element it does not know', () => {
    const { Action: NotAction, ...rest } = ALLOW

    expect(() => judgeWith({ role: [{ ...rest, NotAction }] }, ROLE)).toThrow(
      'Cannot judge a statement with NotAction',
    )
  })
})
