import { execFile } from 'node:child_process'
import { Readable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { dynamoDbTable } from '../../lib/aws/dynamodb-table.ts'
import { atlasLedger } from '../../lib/aws/ledger.ts'
import { taskItem } from '../../lib/aws/ledger-items.ts'
import { memberDirectory } from '../../lib/doors/scim/directory.ts'
import { minute } from '../../lib/sweep/minute.ts'
import type { SweepDeps } from '../../lib/sweep/parts.ts'
import { activeMember, ORG, openedCase } from '../support/cases.ts'
import type { Figure } from './measure.ts'

const [FEW, MANY] = [1_000, 100_000]
/** What DynamoDB reads for a page, before it leaves attributes out. */
const PAGE_BYTES = 1_024 ** 2
/** What DynamoDB takes for a page. */
const ANSWER_MS = 5
/** A virtual processor of Lambda at 1,769 MB; the sweep has 256 MB. */
const SHARE = 256 / 1_769
/** As in the bench of rosters: a small heap, so that what is kept shows. */
const HEAP = ['--max-old-space-size=64', '--max-semi-space-size=4']

type Tick = {
  /** What the pages were waited for. */
  readonly waitSeconds: number
  readonly cpuSeconds: number
  readonly peakMb: number
  readonly open: number
  readonly pages: number
}

/** What must not grow with the open cases: what the sweep of every minute does, and what a directory that lists everybody waits for. */
const JOBS = {
  sweep: (deps: SweepDeps) => minute(deps, new Date(Date.now() + 60_000)),
  async list({ ledger, clock, organizations }: SweepDeps) {
    const list = { kind: 'list', members: [activeMember()], unreadable: [], asOf: clock.now() } as const
    const members = { all: async () => list } as unknown as SweepDeps['members']
    await memberDirectory({ ledger, clock, organizations, members }).everybody(clock.now(), false)
  },
}

/** What a sweep and a list take while very many cases are open: each number of them in a process of its own. */
export async function measure(): Promise<readonly Figure[]> {
  const [few, many] = [await tickApart(FEW), await tickApart(MANY)]
  const list = await tickApart(MANY, 'list')
  const more = `${few.peakMb.toFixed(0)} MB at 1,000 open cases, ${many.peakMb.toFixed(0)} MB at 100,000`
  return [
    {
      ...{ name: 'memory of a sweep of 100,000 open cases, over 1,000', unit: 'MB', atMost: 25 },
      ...{ value: Math.max(0, many.peakMb - few.peakMb), note: `peak resident ${more}` },
    },
    {
      ...{ name: 'time of a sweep of 100,000 open cases, at 256 MB of Lambda', unit: 's', atMost: 30 },
      ...{
        value: many.waitSeconds + many.cpuSeconds / SHARE,
        note: `${many.cpuSeconds.toFixed(2)} s of processor time, of which Lambda gives ${SHARE.toFixed(3)} a second; ${many.pages} pages, each answered after ${ANSWER_MS} ms`,
      },
    },
    {
      ...{ name: 'read units of a sweep of 100,000 open cases', unit: 'read units', atMost: 25_000 },
      ...{ value: (MANY * ITEM_BYTES) / 8_192, note: `${ITEM_BYTES} bytes a case in the index` },
    },
    {
      ...{
        name: 'time of a directory’s list, 100,000 open cases, at 256 MB of Lambda',
        unit: 's',
        atMost: 25,
      },
      ...{
        value: list.waitSeconds + list.cpuSeconds / SHARE,
        note: `peak resident ${list.peakMb.toFixed(0)} MB`,
      },
    },
  ]
}

async function tickApart(cases: number, job: keyof typeof JOBS = 'sweep'): Promise<Tick> {
  const script = fileURLToPath(import.meta.url)
  const { stdout } = await promisify(execFile)(process.execPath, [...HEAP, script, String(cases), job])
  const tick = JSON.parse(stdout) as Tick
  if (tick.open !== cases) throw new Error(`Cannot measure a ${job}: it read ${tick.open} of ${cases} cases`)
  return tick
}

async function tick(cases: number, job: keyof typeof JOBS): Promise<Tick> {
  let [pages, open, peak] = [0, 0, 0]
  const look = () => {
    peak = Math.max(peak, process.memoryUsage.rss())
  }
  const client = new DynamoDBClient({
    region: 'us-east-1',
    credentials: { accessKeyId: 'bench', secretAccessKey: 'bench' },
    requestHandler: {
      async handle({ body }: { readonly body: string }) {
        await sleep(ANSWER_MS)
        pages += 1
        look()
        const { text, items } = answerTo(JSON.parse(body), cases)
        open += items
        const answer = Buffer.from(text)
        const headers = { 'content-type': 'application/x-amz-json-1.0' }
        return { response: { statusCode: 200, headers, body: Readable.from([answer]) } }
      },
    } as never,
  })
  const clock = { now: () => new Date(), sleep, random: Math.random }
  const table = dynamoDbTable({ client, tableName: 'ledger' })
  const ledger = atlasLedger({ table, clock, uid: () => 'uid', lockMs: 1, keepClosedMs: 1 })
  const deps = {
    ...{ ledger, clock, organizations: { orgIds: [ORG] }, rosters: [] },
    queue: { send: async () => undefined },
    journal: { note: () => undefined },
  } as unknown as SweepDeps
  const begun = process.cpuUsage()
  await JOBS[job](deps)
  look()
  const { user, system } = process.cpuUsage(begun)
  const waitSeconds = (pages * ANSWER_MS) / 1_000
  return { waitSeconds, cpuSeconds: (user + system) / 1e6, peakMb: peak / 1_024 ** 2, open, pages }
}

type Asked = {
  readonly IndexName?: string
  readonly ExpressionAttributeValues?: Readonly<Record<string, { readonly S: string }>>
  readonly ExclusiveStartKey?: { readonly pk: { readonly S: string } }
}

/** Held cases: all of them are open, and none is due. Each page has the same ones, made once: the double must cost nothing. */
function answerTo(asked: Asked, cases: number): { readonly text: string; readonly items: number } {
  const values = Object.values(asked.ExpressionAttributeValues ?? {}).map(({ S }) => S)
  const isOpenCases = asked.IndexName === 'due' && values.length === 1 && values[0] === 'case'
  if (!isOpenCases) return { text: '{"Items":[],"Responses":{}}', items: 0 }
  const from = Number(asked.ExclusiveStartKey?.pk.S ?? 0)
  const until = from + PER_PAGE
  const rest = cases - from
  if (until >= cases) return { text: `{"Items":${JSON.stringify(ITEMS.slice(0, rest))}}`, items: rest }
  return { text: `{"Items":${PAGE},"LastEvaluatedKey":{"pk":{"S":"${until}"}}}`, items: PER_PAGE }
}

const WRITE_ID = '0b1e2c6a-5d4f-4c55-9d6e-7a1f2b3c4d5e'

function itemOf(at: number) {
  const username = `leaver-${at}@example.com`
  const state = {
    attempts: 1,
    outcome: { kind: 'held', reason: 'observing' } as const,
    snapshot: activeMember({ username }),
  }
  const { pk, body, keys } = taskItem(openedCase(state, { id: `okta:${at}`, username }), 'w', 1)
  const { dueKey = '', dueAt = '', waits = '' } = keys
  return {
    ...{ pk: { S: pk }, version: { N: '1' }, writeId: { S: WRITE_ID }, body: { S: body } },
    ...{ dueKey: { S: dueKey }, dueAt: { S: dueAt }, waits: { S: waits } },
  }
}

/** As DynamoDB counts: names and values. */
function bytesOf(item: object): number {
  const texts = Object.entries(item).flatMap(([name, value]) => [name, ...Object.values(value as object)])
  return texts.reduce((sum, text) => sum + Buffer.byteLength(String(text)), 0)
}

const ITEM_BYTES = bytesOf(itemOf(0))
const PER_PAGE = Math.floor(PAGE_BYTES / ITEM_BYTES)
const ITEMS = Array.from({ length: PER_PAGE }, (_, at) => itemOf(at)).map(({ pk, waits }) => ({ pk, waits }))
const PAGE = JSON.stringify(ITEMS)

if (import.meta.main)
  console.log(JSON.stringify(await tick(Number(process.argv[2]), process.argv[3] as 'sweep' | 'list')))
