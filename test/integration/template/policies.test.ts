import { glob, readFile } from 'node:fs/promises'
import { describe, expect, test } from 'vitest'
import { type Caller, policyDouble, type Verdict } from '../../support/policy-double/policy-double.ts'
import { admin, breakGlass, grants, KEYS, stranger, wholeStack } from './grants.ts'
import { packagedTemplate } from './packaged-template.ts'

const template = await packagedTemplate()
const { judge, arnOf, resolve, deadLetterQueueOf } = wholeStack(template)

const role = (id: string): Caller => ({ kind: 'role', id })
const service = (name: string): Caller => ({ kind: 'service', name: `${name}.amazonaws.com` })

const CALLERS: Readonly<Record<string, Caller>> = {
  departures: role('DeparturesRole'),
  sweep: role('SweepRole'),
  operator: role('OperatorRole'),
  'operator-read': role('OperatorReadRole'),
  http: role('HttpRole'),
  roster: role('RosterRole'),
  canary: role('CanaryRole'),
  archive: role('AuditStreamRole'),
  admin,
  'break-glass': breakGlass,
  stranger,
}

/** The callers whom the policies let do it. */
function callersOf(action: string, resource: string, more = {}): readonly string[] {
  return Object.entries(CALLERS)
    .filter(([, caller]) => judge({ caller, action, resource, ...more }) === 'allowed')
    .map(([name]) => name)
}

const send = (caller: Caller, queue: string, sourceArn?: string): Verdict =>
  judge({ caller, action: 'sqs:SendMessage', resource: arnOf(queue), ...(sourceArn && { sourceArn }) })

describe('sqs:SendMessage', () => {
  test.each([
    ['EventsQueue', ['departures', 'break-glass']],
    ['TopicQueue', ['departures', 'break-glass']],
    ['WorkQueue', ['departures', 'sweep', 'operator', 'http', 'roster', 'break-glass']],
    ['EventsDeadLetterQueue', ['departures', 'break-glass']],
    ['TopicDeadLetterQueue', ['departures', 'break-glass']],
    ['WorkDeadLetterQueue', ['departures', 'break-glass']],
  ])('on %s is for %j alone, whatever others may do elsewhere', (queue, callers) => {
    expect(callersOf('sqs:SendMessage', arnOf(queue))).toEqual(callers)
  })

  const RULES = ['CanaryRule', 'UserDepartedRule', 'OktaRule', 'SailPointRule', 'Auth0Rule']

  test.each(RULES)('lets %s send to the events queue and its DLQ, and nowhere else', (rule) => {
    const events = service('events')

    expect(send(events, 'EventsQueue', arnOf(rule))).toBe('allowed')
    expect(send(events, 'EventsDeadLetterQueue', arnOf(rule))).toBe('allowed')
    for (const queue of ['TopicQueue', 'TopicDeadLetterQueue', 'WorkQueue', 'WorkDeadLetterQueue'])
      expect(send(events, queue, arnOf(rule))).toBe('denied')
  })

  test.each([
    'arn:aws:events:us-east-1:111122223333:rule/somebody-elses',
    'arn:aws:events:us-east-1:111122223333:rule/aws.partner/okta.com/a/b/atlas-offboarding-prod-okta-2',
    'arn:aws:events:us-east-1:999999999999:rule/atlas-offboarding-prod-canary',
    undefined,
  ])('lets no other rule send: %s', (rule) => {
    for (const queue of ['EventsQueue', 'EventsDeadLetterQueue', 'TopicQueue', 'WorkQueue'])
      expect(send(service('events'), queue, rule)).toBe('denied')
  })

  test('lets a rule that is not deployed send nothing', () => {
    const bare = policyDouble(template)
    const resource = bare.arnOf('EventsQueue')
    const call = { caller: service('events'), action: 'sqs:SendMessage', resource }

    expect(bare.judge({ ...call, sourceArn: arnOf('OktaRule') })).toBe('denied')
    expect(bare.judge({ ...call, sourceArn: arnOf('CanaryRule') })).toBe('allowed')
  })

  test('lets the intake topic send to its queue and DLQ, and nowhere else', () => {
    const topic = arnOf('IntakeTopic')

    expect(send(service('sns'), 'TopicQueue', topic)).toBe('allowed')
    expect(send(service('sns'), 'TopicDeadLetterQueue', topic)).toBe('allowed')
    expect(send(service('sns'), 'EventsQueue', topic)).toBe('denied')
    expect(send(service('sns'), 'WorkQueue', topic)).toBe('denied')
    expect(send(service('sns'), 'TopicQueue', arnOf('AlertTopic'))).toBe('denied')
    expect(send(service('sns'), 'TopicQueue', `${topic}-2`)).toBe('denied')
  })

  test.each(['events', 'sns', 's3', 'scheduler', 'lambda'])(
    'lets %s send nothing to the work queue',
    (name) => {
      expect(send(service(name), 'WorkQueue', arnOf('OktaRule'))).toBe('denied')
    },
  )

  test('names nobody as break-glass role where none is given', () => {
    const bare = policyDouble(template)
    const queues = ['EventsQueue', 'TopicQueue', 'WorkQueue', 'WorkDeadLetterQueue']
    const calls = queues.map((queue) => ({ action: 'sqs:SendMessage', resource: bare.arnOf(queue) }))

    for (const caller of [admin, breakGlass])
      expect(calls.map((call) => bare.judge({ ...call, caller }))).toEqual(queues.map(() => 'denied'))
    expect(
      bare.judge({ caller: role('HttpRole'), action: 'sqs:SendMessage', resource: arnOf('WorkQueue') }),
    ).toBe('allowed')
  })

  test('takes nothing from anybody without TLS', () => {
    const context = { 'aws:SecureTransport': 'false' }

    for (const queue of ['EventsQueue', 'TopicQueue', 'WorkQueue', 'AuditDeadLetterQueue'])
      expect(callersOf('sqs:SendMessage', arnOf(queue), { context })).toEqual([])
  })
})

describe('a redrive', () => {
  const CHANNELS = ['Events', 'Topic', 'Work']

  test.each(CHANNELS)('SQS moves what the %s queue gives up to its own DLQ', (channel) => {
    expect(deadLetterQueueOf(arnOf(`${channel}Queue`))).toBe(arnOf(`${channel}DeadLetterQueue`))
  })

  test.each(CHANNELS)('only the break-glass role moves it back: %s', (channel) => {
    const dlq = arnOf(`${channel}DeadLetterQueue`)
    const moves = (caller: Caller) =>
      ['StartMessageMoveTask', 'ReceiveMessage', 'DeleteMessage', 'GetQueueAttributes']
        .map((action) => judge({ caller, action: `sqs:${action}`, resource: dlq }))
        .concat(send(caller, `${channel}Queue`))

    expect(new Set(moves(breakGlass))).toEqual(new Set(['allowed']))
    expect(moves(admin)).toContain('denied')
  })
})

test('on-call purging a queue: the sample policy reads, fills and purges none, and invokes the operators alone', async () => {
  const guide = await readFile('infra/README.md', 'utf8')
  const [, policy = ''] = /\nOn call may act and replay.*?```json\n(.*?)```/s.exec(guide) ?? []
  const may = JSON.parse(policy.replaceAll('eu-west-1', 'us-east-1')).Statement
  const onCall: Caller = { kind: 'other', arn: 'arn:aws:iam::111122223333:role/on-call', may }
  const channels = ['Events', 'Topic', 'Work'] as const
  const queues = channels.flatMap((channel) => [arnOf(`${channel}Queue`), arnOf(`${channel}DeadLetterQueue`)])
  const actions = ['PurgeQueue', 'SendMessage', 'ReceiveMessage', 'DeleteMessage', 'StartMessageMoveTask']

  const said = queues.flatMap((resource) =>
    actions.map((action) => judge({ caller: onCall, action: `sqs:${action}`, resource })),
  )

  expect(may.length).toBeGreaterThan(2)
  expect(said).not.toContain('allowed')
})

describe('sqs:ReceiveMessage', () => {
  test.each(['EventsQueue', 'TopicQueue', 'WorkQueue'])('on %s is for one function of ours', (queue) => {
    const ours = callersOf('sqs:ReceiveMessage', arnOf(queue)).filter(
      (name) => CALLERS[name]?.kind === 'role',
    )

    expect(ours).toEqual(['departures'])
  })
})

const TABLE = arnOf('LedgerTable')
const WRITES = ['dynamodb:PutItem', 'dynamodb:UpdateItem']
describe('the ledger', () => {
  test('every kind of record that the code names is one whose writers are listed here', async () => {
    const files = await Array.fromAsync(glob('lib/**/*.ts'))
    const texts = await Promise.all(files.map((file) => readFile(file, 'utf8')))
    const named = texts.flatMap((text) => [...text.matchAll(/`([a-z]+)#\$\{/g)].map(([, kind]) => kind))

    expect(named).toContain('lock')
    expect(named.filter((kind) => !KEYS.some((key) => key.startsWith(`${kind}#`)))).toEqual([])
  })

  test.each([
    [
      'DeparturesRole',
      [
        'case',
        'search',
        'reference',
        'proposal',
        'lock',
        'org',
        'everyone',
        'person',
        'sources',
        'clock',
        'unreadable',
        'invitations',
        'employee',
        'hr',
      ],
    ],
    ['SweepRole', ['org', 'sources', 'comparison', 'list', 'renamed', 'digest', 'rosters']],
    ['RosterRole', ['roster', 'rosters']],
    [
      'OperatorRole',
      [
        'case',
        'search',
        'reference',
        'proposal',
        'lock',
        'org',
        'everyone',
        'acts',
        'person',
        'invitations',
        'employee',
        'renamed',
      ],
    ],
    ['OperatorReadRole', []],
    ['HttpRole', []],
  ])('%s writes %j and nothing else', (id, kinds) => {
    const written = (action: string) =>
      KEYS.filter(
        (key) => judge({ caller: role(id), action, resource: TABLE, leadingKeys: [key] }) === 'allowed',
      )

    for (const action of WRITES)
      expect([...new Set(written(action).map((key) => key.replace(/#.*/, '')))]).toEqual(kinds)
  })

  test.each(['DeparturesRole', 'SweepRole', 'OperatorRole'])(
    '%s writes several keys at once only if all are its own',
    (id) => {
      const call = { caller: role(id), action: 'dynamodb:UpdateItem', resource: TABLE }

      expect(judge({ ...call, leadingKeys: ['org#1', 'somebody-elses'] })).toBe('not_allowed')
      expect(judge({ ...call, leadingKeys: [] })).toBe('not_allowed')
      expect(judge(call)).toBe('not_allowed')
    },
  )

  test('the sweep settles any record, and changes nothing else of it', () => {
    const call = { caller: role('SweepRole'), action: 'dynamodb:UpdateItem', resource: TABLE }
    const settles = (attributes: readonly string[], more = {}) =>
      judge({
        ...call,
        leadingKeys: ['person#ada@example.com'],
        context: { 'dynamodb:Attributes': attributes, ...more },
      })

    expect(settles(['pk', 'outbox', 'outboxKey', 'outboxAt', 'mark'])).toBe('allowed')
    expect(settles(['pk', 'outbox', 'state'])).toBe('not_allowed')
    expect(settles(['pk', 'outbox'], { 'dynamodb:ReturnValues': 'ALL_NEW' })).toBe('not_allowed')
    expect(settles(['pk', 'opens', 'mark'])).toBe('not_allowed')
    expect(settles([])).toBe('not_allowed')
  })

  test.each([...WRITES, 'dynamodb:DeleteItem', 'dynamodb:BatchWriteItem', 'dynamodb:PartiQLUpdate'])(
    '%s is not for whoever may write any table of the account',
    (action) => {
      const leadingKeys = ['case#c-1']

      expect(judge({ caller: admin, action, resource: TABLE, leadingKeys })).toBe('denied')
      expect(judge({ caller: role('HttpRole'), action, resource: TABLE, leadingKeys })).toBe('denied')
      expect(judge({ caller: breakGlass, action, resource: TABLE, leadingKeys })).toBe('allowed')
      expect(judge({ caller: stranger, action, resource: TABLE, leadingKeys })).toBe('denied')
    },
  )

  test.each([
    ...['CreateBackup', 'DescribeContinuousBackups', 'RestoreTableFromBackup', 'RestoreTableToPointInTime'],
    ...['ExportTableToPointInTime', 'ListBackups', 'DescribeTable'],
  ])('its Deny leaves %s to whoever may do it', (action) => {
    expect(judge({ caller: admin, action: `dynamodb:${action}`, resource: TABLE })).toBe('allowed')
  })

  test('its Deny leaves alone what a restore writes into the new table, and a replay of the archived events', () => {
    const restored = `${TABLE}-restored`
    const archive = 'arn:aws:events:us-east-1:111122223333:archive/atlas-offboarding-prod-audit'

    for (const action of [...WRITES, 'dynamodb:BatchWriteItem', 'dynamodb:DeleteItem'])
      expect(judge({ caller: admin, action, resource: restored, leadingKeys: ['case#c-1'] })).toBe('allowed')
    for (const resource of [archive, arnOf('AuditBus')])
      expect(judge({ caller: admin, action: 'events:StartReplay', resource })).toBe('allowed')
  })

  test.each(['DeparturesRole', 'OperatorRole'])('%s deletes locks and nothing else', (id) => {
    const deleted = KEYS.filter(
      (key) =>
        judge({ caller: role(id), action: 'dynamodb:DeleteItem', resource: TABLE, leadingKeys: [key] }) ===
        'allowed',
    )

    expect(deleted).toEqual(['lock#32b6e34b3d91647abb20e7b8#ada@example.com'])
  })

  test('is read by key and by index by all functions, by the HTTP function of people and open tasks only', () => {
    const readers = ['departures', 'sweep', 'operator', 'operator-read', 'http']
    const ours = (action: string, resource: string) =>
      callersOf(action, resource).filter((name) => CALLERS[name]?.kind === 'role')

    expect(ours('dynamodb:GetItem', TABLE)).toEqual(readers)
    expect(ours('dynamodb:BatchGetItem', TABLE)).toEqual(readers)
    for (const index of ['person', 'due'])
      expect(ours('dynamodb:Query', `${TABLE}/index/${index}`)).toEqual(readers)
    for (const index of ['closed', 'outbox'])
      expect(ours('dynamodb:Query', `${TABLE}/index/${index}`)).toEqual(readers.slice(0, -1))
    expect(ours('dynamodb:Scan', TABLE)).toEqual(['sweep', 'operator-read'])
  })
})

describe('events:PutEvents', () => {
  test('on the audit bus is for those who publish: nobody else forges evidence', () => {
    expect(callersOf('events:PutEvents', arnOf('AuditBus'))).toEqual(['departures', 'sweep', 'operator'])
    expect(judge({ caller: admin, action: 'events:PutEvents', resource: arnOf('AuditBus') })).toBe('denied')
  })

  test('the canary sends as itself only', () => {
    const bus = 'arn:aws:events:us-east-1:111122223333:event-bus/default'
    const sent = (source: string) =>
      judge({
        caller: role('CanaryRole'),
        action: 'events:PutEvents',
        resource: bus,
        context: { 'events:source': source },
      })

    expect(sent('atlas-offboarding-prod.canary')).toBe('allowed')
    expect(sent('hr.example')).toBe('not_allowed')
  })
})

describe('secretsmanager:GetSecretValue', () => {
  const secret = (name: string) => `arn:aws:secretsmanager:us-east-1:111122223333:secret:${name}-a1b2c3`

  test.each([
    ['atlas-offboarding/owner', ['departures']],
    ['atlas-offboarding/read', ['sweep', 'operator', 'operator-read', 'http']],
    ['atlas-offboarding/scim', ['http']],
    ['atlas-offboarding/hooks', ['http']],
    ['atlas-offboarding/hr', ['departures']],
    ['atlas-offboarding/owner2', []],
    ['somebody-elses', []],
  ])('of %s is for %j of our functions', (name, readers) => {
    const found = callersOf('secretsmanager:GetSecretValue', secret(name))

    expect(found.filter((one) => CALLERS[one]?.kind === 'role')).toEqual(readers)
  })

  test('names secrets given by whole ARN exactly', { timeout: 120_000 }, async () => {
    const [owner, read] = ['o', 'r'].map((name) => secret(`their/${name}`))
    const given = await packagedTemplate(
      `orgs=32b6e34b3d91647abb20e7b8=${owner}`,
      `readOrgs=32b6e34b3d91647abb20e7b8=${read}`,
    )
    const double = policyDouble(given)
    const reads = (id: string, resource = '') =>
      double.judge({ caller: role(id), action: 'secretsmanager:GetSecretValue', resource })

    expect(reads('DeparturesRole', owner)).toBe('allowed')
    expect(reads('DeparturesRole', read)).toBe('not_allowed')
    expect(reads('HttpRole', read)).toBe('allowed')
    expect(reads('HttpRole', owner)).toBe('not_allowed')
  })
})

describe('the rest', () => {
  test('schedules start the sweep, and nothing else is invoked by a service but the HTTP function', () => {
    const call = { caller: service('events'), action: 'lambda:InvokeFunction' }
    const rules = ['SweepMinuteRule', 'SweepHourRule', 'SweepDayRule']
    const sweep = arnOf('SweepLambdaFunction')

    for (const rule of rules)
      expect(judge({ ...call, resource: sweep, sourceArn: arnOf(rule) })).toBe('allowed')
    expect(judge({ ...call, resource: sweep, sourceArn: arnOf('OktaRule') })).toBe('not_allowed')
    for (const name of ['events', 'sns', 'apigateway'])
      expect(
        judge({
          caller: service(name),
          action: 'lambda:InvokeFunction',
          resource: arnOf('DeparturesLambdaFunction'),
          sourceArn: arnOf('OktaRule'),
        }),
      ).toBe('not_allowed')
  })

  test('alarms and the alert rule publish alerts; nobody of another account does', () => {
    const call = { action: 'sns:Publish', resource: arnOf('AlertTopic') }
    const context = { 'aws:SourceAccount': '111122223333' }

    expect(judge({ ...call, caller: service('cloudwatch'), context })).toBe('allowed')
    expect(judge({ ...call, caller: service('events'), sourceArn: arnOf('AlertRule') })).toBe('allowed')
    expect(
      judge({ ...call, caller: service('cloudwatch'), context: { 'aws:SourceAccount': '999999999999' } }),
    ).toBe('not_allowed')
    expect(judge({ ...call, caller: stranger })).toBe('not_allowed')
  })

  test.each(['AuditLogRule', 'AlertRule', 'AuditArchiveRule'])('what %s cannot deliver is kept', (rule) => {
    expect(send(service('events'), 'AuditDeadLetterQueue', arnOf(rule))).toBe('allowed')
    expect(send(service('events'), 'AuditDeadLetterQueue', arnOf('OktaRule'))).toBe('not_allowed')
  })

  test('the archive is written and never deleted from or unlocked by a role of ours', () => {
    const object = `${arnOf('AuditBucket')}/audit/2026/11/30/one`
    const ours = (action: string) =>
      callersOf(action, object).filter((name) => CALLERS[name]?.kind === 'role')

    for (const action of ['s3:DeleteObject', 's3:DeleteObjectVersion']) expect(ours(action)).toEqual([])
    // Whatever else the account allows them: an administrator neither adds evidence nor takes it away before its time.
    expect(callersOf('s3:PutObject', object)).toEqual(['archive'])
    for (const action of ['s3:BypassGovernanceRetention', 's3:PutObjectRetention', 's3:PutObjectLegalHold'])
      expect(callersOf(action, object)).toEqual([])
    expect(callersOf('s3:PutObject', object, { context: { 'aws:SecureTransport': 'false' } })).toEqual([])
  })

  test('publishers of other accounts reach the intake topic only if they are named', () => {
    const call = { caller: stranger, action: 'sns:Publish', resource: arnOf('IntakeTopic') }
    const named = policyDouble(template, { PublisherAccountIds: '999999999999' })

    expect(judge(call)).toBe('not_allowed')
    expect(named.judge(call)).toBe('allowed')
  })

  test('keys decrypt secrets only, through Secrets Manager only', () => {
    const key = 'arn:aws:kms:us-east-1:111122223333:key/theirs'
    const { judge: judged } = policyDouble(template, { SecretKmsKeyArns: key })
    const decrypts = (context = {}) =>
      judged({ caller: role('HttpRole'), action: 'kms:Decrypt', resource: key, context })

    expect(decrypts({ 'kms:ViaService': 'secretsmanager.us-east-1.amazonaws.com' })).toBe('allowed')
    expect(decrypts()).toBe('not_allowed')
  })

  test('each function is told whose role ids SQS will show', () => {
    const { Variables } = Object(template.Resources.DeparturesLambdaFunction?.Properties).Environment

    expect(resolve(Variables.SENDER_ROLES)).toBe(
      'http=AROAHTTPROLE,roster=AROAROSTERROLE,sweep=AROASWEEPROLE,operator=AROAOPERATORROLE,departures=AROADEPARTURESROLE',
    )
  })
})

/** Read this file in review: each line is a right, and whoever is new on a line got it. */
test('nobody else may do anything that is written down in grants.txt', async () => {
  await expect(grants(template)).toMatchFileSnapshot('grants.txt')
})
