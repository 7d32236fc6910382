import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { EventBridgeClient } from '@aws-sdk/client-eventbridge'
import { S3Client } from '@aws-sdk/client-s3'
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import { SQSClient } from '@aws-sdk/client-sqs'
import { expect, test } from 'vitest'
import { startLocalAws } from '../../../infra/local/aws/local-aws.ts'
import { ACTS } from '../../../lib/acts/act.ts'
import { interpretSecret } from '../../../lib/atlas/interpret-secret.ts'
import { atlasSecrets } from '../../../lib/aws/atlas-secrets.ts'
import { eventBus } from '../../../lib/aws/bus.ts'
import { dynamoDbTable } from '../../../lib/aws/dynamodb-table.ts'
import { s3Files } from '../../../lib/aws/files.ts'
import { atlasLedger } from '../../../lib/aws/ledger.ts'
import { sqsQueue } from '../../../lib/aws/queue.ts'
import { TABLE_SCHEMA } from '../../../lib/aws/table-schema.ts'
import { orgKey } from '../../../lib/core/org-state.ts'
import { personKey } from '../../../lib/core/returns.ts'
import { SOURCES } from '../../../lib/core/sources.ts'
import { rosterKey } from '../../../lib/people/roster-state.ts'
import { ROSTERS } from '../../../lib/people/roster-summary.ts'
import { readListed } from '../../../lib/sweep/lists.ts'
import { noticeDraft, sealed } from '../../../lib/words/audit-event.ts'
import { openCase } from '../../../lib/words/case.ts'
import { MANIFESTS } from '../../../lib/words/manifest.ts'
import { departure, ORG } from '../../support/cases.ts'
import { policyGate } from '../../support/policy-double/policy-gate.ts'
import { wholeStack } from './grants.ts'
import { packagedTemplate } from './packaged-template.ts'

const double = wholeStack(await packagedTemplate(`orgs=${ORG}=atlas/owner`, `readOrgs=${ORG}=atlas/read`))
const clock = { now: () => new Date(), sleep, random: () => 0.5 }
const draft = noticeDraft({ name: 'released', at: new Date() })

/** The adapters that every function is wired from, with the credentials of one, behind the packaged policies. */
async function adaptersOf(name: string) {
  const gate = policyGate(double)
  const secrets = Object.fromEntries(
    ['owner', 'read'].map((kind) => [
      `atlas/${kind}`,
      JSON.stringify({ clientId: 'mdb_sa_id_1', clientSecret: 'mdb_sa_sk_1', orgId: ORG }),
    ]),
  )
  const aws = await startLocalAws({
    table: { name: 'ledger', ...TABLE_SCHEMA },
    secrets,
    mayCall: gate.mayCall,
  })
  const clientFor = (env: Readonly<Record<string, string>>, service: string) => ({
    endpoint: env[`AWS_ENDPOINT_URL_${service}`] ?? '',
    region: 'us-east-1',
    credentials: { accessKeyId: env.AWS_ACCESS_KEY_ID ?? '', secretAccessKey: 'local' },
    maxAttempts: 1,
  })
  const ledgerWith = (env: Readonly<Record<string, string>>) =>
    atlasLedger({
      table: dynamoDbTable({ client: new DynamoDBClient(clientFor(env, 'DYNAMODB')), tableName: 'ledger' }),
      clock,
      uid: randomUUID,
      lockMs: 120_000,
      keepClosedMs: 86_400_000,
    })
  const { env } = aws.identityOf(name)
  const { events, topic, work } = aws.queues
  const deadLetters = { events: events.dlqUrl, topic: topic.dlqUrl, work: work.dlqUrl }
  const secretsClient = new SecretsManagerClient(clientFor(env, 'SECRETS_MANAGER'))
  return {
    ...gate,
    ledger: ledgerWith(env),
    /** Of somebody whom no policy binds. */
    others: ledgerWith(aws.env),
    queue: sqsQueue(new SQSClient(clientFor(env, 'SQS')), {
      work: work.url,
      events: events.url,
      topic: topic.url,
      deadLetters,
    }),
    files: s3Files({ client: new S3Client(clientFor(env, 'S3')), bucket: aws.rosters.name }),
    version: aws.rosters.put('workday/workers.csv', 'x').detail.object['version-id'],
    audit: eventBus({ client: new EventBridgeClient(clientFor(env, 'EVENTBRIDGE')), busName: aws.auditBus }),
    credential: (secretId: string) =>
      atlasSecrets({
        client: secretsClient,
        secretIds: new Map([[ORG, secretId]]),
        clock,
        interpret: interpretSecret,
      }).credential(ORG, new Date(Date.now() + 10_000)),
    [Symbol.asyncDispose]: () => aws.close(),
  }
}

type Adapters = Awaited<ReturnType<typeof adaptersOf>>
type Act = readonly [name: string, act: (adapters: Adapters) => Promise<unknown>]

const kase = openCase(departure(), ORG, { at: new Date() })
const TASK = { kind: 'task', task: 'case', id: kase.id } as const

const READ: Act = [
  'reads',
  async ({ ledger }) => {
    await ledger.read('case', kase.id)
    await ledger.memories(['everyone', orgKey(ORG)])
    await ledger.ofPerson('ada@example.com')
    await Array.fromAsync(ledger.due('case', new Date()))
  },
]
const OUTBOXES: Act = [
  'reads outboxes and closed cases',
  async ({ ledger }) => {
    await Array.fromAsync(ledger.outboxes(new Date()))
    await Array.fromAsync(ledger.closedOn('2026-11-30'))
  },
]
const SCAN: Act = ['reads what every record committed', ({ ledger }) => ledger.committals()]
const COMMIT: Act = [
  'commits a case',
  async ({ ledger }) => {
    const { task } = await ledger.record(kase)
    const committed = await ledger.commit(task, { state: task.state, drafts: [draft] })
    if (committed?.outbox) await ledger.settle(committed.outbox, new Set(committed.outbox.effects.keys()))
  },
]
const LOCK: Act = [
  'locks a person',
  async ({ ledger }) => {
    const locked = await ledger.lock(kase.subject, kase.id)
    if (locked.kind === 'locked') await ledger.unlock(locked.lock)
  },
]
const change = (key: string): Act => [
  `changes ${key.replace(/#.*/, '#…')}`,
  ({ ledger }) => ledger.change(key, () => ({ state: {}, drafts: [draft] })),
]
const ROSTER: Act = [
  'takes a nightly file',
  async ({ ledger, files, version }) => {
    await readListed(ledger, ORG)
    await ledger.change(rosterKey('workday'), () => ({ state: {} }))
    await ledger.change(ROSTERS, () => ({ state: { rosters: {} }, drafts: [draft] }))
    await Array.fromAsync(await files.open('workday/workers.csv', version))
  },
]
const EXPECT: Act = [
  'expects rosters',
  ({ ledger }) => ledger.change(ROSTERS, () => ({ state: { rosters: {} } })),
]
const UNREADABLE = change('unreadable#4f2d')
const LIST = change(`list#${ORG}#0`)
const MANIFEST = change(MANIFESTS)
const ACTED = change(ACTS)
const SETTLE: Act = [
  'settles what others left',
  async ({ ledger, others }) => {
    const { outbox } = await others.change(personKey('bob@example.com'), () => ({
      state: {},
      drafts: [draft, draft],
    }))
    const [first = ''] = outbox?.effects.keys() ?? []
    if (outbox) await ledger.settle(outbox, new Set([first]))
    for await (const page of ledger.outboxes(new Date(Date.now() + 1_000)))
      for (const one of page) await ledger.settle(one, new Set(one.effects.keys()))
  },
]
const QUEUE: Act = ['queues work', ({ queue }) => queue.send([{ message: TASK }])]
const FORWARD: Act = [
  'forwards and rejects',
  async ({ queue }) => {
    for (const channel of ['events', 'topic'] as const) await queue.forward(channel, ['{}'])
    for (const channel of ['events', 'topic', 'work'] as const)
      await queue.reject({ channel, body: '{}' }, 'unreadable')
  },
]
const PUBLISH: Act = [
  'publishes',
  async ({ audit }) => {
    const taken = await audit.publish([sealed(draft, 'released/1')])
    if (taken.size !== 1) throw new Error('Not taken')
  },
]
const secret = (id: string): Act => [
  `reads the secret ${id}`,
  async ({ credential }) => {
    const answer = await credential(id)
    if (answer.kind === 'failure') throw new Error(answer.code)
  },
]
const OWNER = secret('atlas/owner')
const READER = secret('atlas/read')
const PERSON = change(personKey('ada@example.com'))
const [ORGANIZATION, EVERYONE, SIGNS] = [change(orgKey(ORG)), change('everyone'), change(SOURCES)]

const ALL = [
  READ,
  SCAN,
  MANIFEST,
  ACTED,
  OUTBOXES,
  COMMIT,
  LOCK,
  PERSON,
  ORGANIZATION,
  EVERYONE,
  SIGNS,
  UNREADABLE,
  LIST,
  SETTLE,
  QUEUE,
  FORWARD,
  PUBLISH,
  OWNER,
  READER,
  ROSTER,
  EXPECT,
]
const MAY: Readonly<Record<string, readonly Act[]>> = {
  departures: [
    READ,
    OUTBOXES,
    COMMIT,
    LOCK,
    PERSON,
    ORGANIZATION,
    EVERYONE,
    SIGNS,
    UNREADABLE,
    SETTLE,
    QUEUE,
    FORWARD,
    PUBLISH,
    OWNER,
  ],
  sweep: [READ, SCAN, MANIFEST, OUTBOXES, ORGANIZATION, SIGNS, LIST, SETTLE, QUEUE, PUBLISH, READER, EXPECT],
  operator: [
    READ,
    OUTBOXES,
    COMMIT,
    LOCK,
    PERSON,
    ORGANIZATION,
    EVERYONE,
    ACTED,
    SETTLE,
    QUEUE,
    PUBLISH,
    READER,
  ],
  'operator-read': [READ, SCAN, OUTBOXES, READER],
  http: [READ, QUEUE, READER],
  roster: [ROSTER, EXPECT, QUEUE],
}

const CASES = Object.entries(MAY).flatMap(([role, may]) =>
  ALL.map((act) => ({ role, act, name: act[0], verb: may.includes(act) ? 'may do' : 'may not do' })),
)

test.each(CASES)(
  'the role of $role $verb what the code does when it $name',
  async ({ role, act: [, act], verb }) => {
    await using adapters = await adaptersOf(role)

    const result = await act(adapters).then(
      () => 'may do',
      () => 'may not do',
    )

    expect([result, adapters.refused.length > 0]).toEqual([verb, verb === 'may not do'])
  },
)
