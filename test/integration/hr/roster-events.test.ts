import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { S3Client } from '@aws-sdk/client-s3'
import { describe, expect, test } from 'vitest'
import { startLocalAws } from '../../../infra/local/aws/local-aws.ts'
import { s3Files } from '../../../lib/aws/files.ts'
import { TABLE_SCHEMA } from '../../../lib/aws/table-schema.ts'
import { receive } from '../../../lib/core/receive.ts'
import { takeRoster } from '../../../lib/people/take-roster.ts'
import { readWork } from '../../../lib/senders/read-work.ts'
import { comparisonKey } from '../../../lib/sweep/comparison.ts'
import { readListed, writeList } from '../../../lib/sweep/lists.ts'
import { leavingInstantOf } from '../../../lib/words/day-boundary.ts'
import { activeMember, ORG } from '../../support/cases.ts'
import { objectCreated } from '../../support/roster-desk.ts'
import { encodeWork } from '../../support/work-message.ts'
import { rig } from '../../unit/core/rig.ts'

/** Events and files as HR systems send them, beside the project; nothing of them is copied into it. */
const SHARED = join(import.meta.dirname, '../../../../shared/hr-events.json')
const [UMA, VAL] = ['uma.left@example.com', 'val.stay@example.com']
const BOUNDARY = { timeZone: 'Europe/Berlin', accessEnds: 'day_begins' } as const
const INTAKE = { onSuspend: 'ignore', oktaAppIds: [] } as const

type Shared = {
  readonly id: string
  readonly body: string
  readonly lookup_reply: { readonly text: string } | null
  readonly expect: { readonly username: string; readonly effectiveAt: string }
}
/** What EventBridge says of a new file, what is in it, and who is to be out. */
type Example = {
  readonly id: string
  readonly event: ReturnType<typeof objectCreated>
  readonly content: string | Uint8Array
  readonly leaver: string
  readonly leavesOn: string
}

/** The event comes from S3 with a file, or the body is what a Workday report exports. */
function exampleOf({ id, body, lookup_reply: reply, expect: wanted }: Shared): Example {
  const announced = reply === null ? objectCreated('workday/workers_20261129.json', 'v1') : JSON.parse(body)
  const content = reply === null ? body : reply.text
  return { id, event: announced, content, leaver: wanted.username, leavesOn: wanted.effectiveAt }
}

const ALL: readonly Shared[] = existsSync(SHARED) ? JSON.parse(readFileSync(SHARED, 'utf8')).events : []
const BESIDE = ALL.filter(({ id }) => ['s3-roster', 'workday-row'].includes(id)).map(exampleOf)

const LINES = [
  'Employee ID;Work Email;Status;Termination Date',
  `W1;${UMA};Terminated;2026-11-28`,
  `W2;${VAL};Active;`,
  '',
]
const OWN: readonly Example[] = [
  {
    id: 'semicolons in UTF-16',
    event: objectCreated('workday/workers.csv', 'v1'),
    content: Buffer.from(`\ufeff${LINES.join('\r\n')}`, 'utf16le'),
    leaver: UMA,
    leavesOn: '2026-11-28',
  },
]

/** Lets S3 announce the file, the roster function read it, and the departures function take what was queued. */
async function play({ event, content }: Example) {
  const it = rig({ people: [UMA, VAL].map((username, at) => activeMember({ username, userId: idOf(at) })) })
  it.now = new Date(Date.parse(event.time) + 60_000)
  const { clock, journal, queue } = it.deps
  await writeList(it.own, ORG, new Map(it.people.map(({ userId, username }) => [userId, username])))
  await it.own.change(comparisonKey(ORG), () => ({ state: { comparedUntil: it.now, listedAt: it.now } }))
  const aws = await startLocalAws({ table: { name: 'ledger', ...TABLE_SCHEMA } })
  try {
    const { detail } = aws.rosters.put(event.detail.object.key, content)
    const object = { ...event.detail.object, 'version-id': detail.object['version-id'] }
    const files = s3Files({ client: clientOf(aws.env), bucket: aws.rosters.name })
    const deps = { ...{ ledger: it.own, queue, files, clock, journal }, orgIds: [ORG] }
    await takeRoster(
      {
        ...deps,
        listed: (orgId) => readListed(it.own, orgId),
        rosters: [{ name: 'workday', prefix: 'workday/', ...BOUNDARY }],
      },
      { ...event, detail: { ...event.detail, bucket: detail.bucket, object } },
    )
  } finally {
    await aws.close()
  }
  const deliveries = it.sent.splice(0).map(({ message }, at) => {
    const body = encodeWork(message)
    return { id: `m-${at}`, body, channel: 'work' as const, reading: readWork(body, 'roster', INTAKE) }
  })
  await receive(it.deps, deliveries, new Date(it.now.getTime() + 60_000))
  return it
}

function idOf(at: number): string {
  return `5e4bc367c6b0f41b0000000${at + 1}`
}

function clientOf({ AWS_ENDPOINT_URL_S3: endpoint = '' }: Readonly<Record<string, string>>): S3Client {
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' }
  return new S3Client({ endpoint, region: 'us-east-1', forcePathStyle: true, credentials, maxAttempts: 1 })
}

async function endsAsItSays(example: Example) {
  const it = await play(example)

  const effectiveAt = leavingInstantOf(example.leavesOn, BOUNDARY)
  const cases = await it.cases(example.leaver)
  expect(cases.map(({ state }) => [state.departure, state.outcome?.kind])).toEqual([
    [expect.objectContaining({ source: 'roster/workday', username: example.leaver, effectiveAt }), 'removed'],
  ])
  expect(it.people.map(({ username }) => username)).toEqual([VAL])
  expect([it.outcomes(), it.rejected]).toEqual([['removed'], []])
}

describe.skipIf(BESIDE.length === 0)('files beside the project, through the bucket and the queue', () => {
  test.each(BESIDE)('$id: the leaver is out, and nobody else', endsAsItSays)

  test('are both there', () => {
    expect(BESIDE.map(({ id }) => id)).toEqual(['workday-row', 's3-roster'])
  })
})

test.each(OWN)('a file of $id: the leaver is out, and nobody else', endsAsItSays)
