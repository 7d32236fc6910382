import { setTimeout as sleep } from 'node:timers/promises'
import { type LocalFunction, startLocalFunction } from '../../infra/local/lambda/local-lambda.ts'
import { startDoubles } from './doubles/doubles.ts'
import { fifo } from './fifo.ts'
import { departureBody, orgsWithLeavers, recordOf } from './leavers.ts'
import type { Figure } from './measure.ts'
import { residentMbOf } from './memory.ts'
import { specOf } from './packaged.ts'

/** A tenth of what `scale` lets leave in virtual time. */
const ORGS = 10
const EACH = 500
const TOTAL = ORGS * EACH
/** As serverless.yml has it, of each queue. */
const WORKERS = 2
const BATCH_SIZE = 10
const POLL_MS = 250
const SAMPLE_MS = 5_000
const MINUTE_MS = 60_000
const LONGEST_MS = 25 * MINUTE_MS
/** By then each process has run all of its code. */
const WARM_AFTER = 1_000
/** What a process may grow by from there on and still count as flat. */
const FLAT_MB = 10

/**
 * Everybody in ten organizations leaves at once, in real time: through the packaged departures function in four processes, against the
 * rate limits of Atlas itself. On a quiet machine it takes five and a half minutes, most of them waiting.
 */
export async function measure({ memoryMb }: { readonly memoryMb: number }): Promise<readonly Figure[]> {
  const queues = { events: fifo<string>(), work: fifo<string>() }
  await using doubles = await startDoubles(
    { leavers: TOTAL, inOrgs: ORGS, isLimited: true, approved: true, atlasMs: 50, awsMs: 5 },
    (body, delayMs) => void setTimeout(() => queues.work.add(body), delayMs).unref(),
  )
  const spec = await specOf('departures', doubles.env, memoryMb)
  await using lambda = closing(await startLocalFunction({ ...spec, concurrency: 2 * WORKERS }))
  for (const body of flood()) queues.events.add(body)
  const startedMs = Date.now()
  const stopping = new AbortController()
  const polling = [queues.events, queues.work].flatMap((queue) =>
    Array.from({ length: WORKERS }, () => poll(queue, lambda, stopping.signal)),
  )
  const watching = watch({ lambda, startedMs, count: doubles.count }).finally(() => stopping.abort())
  const [{ minutes, refusedMs, warm, last }] = await Promise.all([watching, ...polling])
  const late = refusedMs.filter((atMs) => atMs > MINUTE_MS).length
  return [
    {
      name: `${TOTAL} departures in ${ORGS} organizations, by processes`,
      value: minutes,
      unit: 'min',
      note: `all removed, by ${2 * WORKERS} processes; the limits alone 4.0`,
    },
    {
      name: 'requests answered 429 after the first minute',
      value: late,
      unit: 'requests',
      atMost: 0,
      note: `${refusedMs.length - late} in the first`,
    },
    {
      name: `growth of a process from ${WARM_AFTER} departures to ${TOTAL}`,
      value: Math.max(...last.map((mb, process) => mb - (warm[process] ?? Number.NaN))),
      unit: 'MB',
      atMost: FLAT_MB,
      note: `resident: ${last.map((mb, process) => `${warm[process]?.toFixed(0)} → ${mb.toFixed(0)}`).join(', ')} MB`,
    },
  ]
}

function flood(): readonly string[] {
  const ids = orgsWithLeavers(ORGS, EACH).map(({ orgId }) => orgId)
  const now = new Date()
  return Array.from({ length: EACH }, (_, n) =>
    ids.map((orgId, org) => departureBody(org * EACH + n, now, orgId)),
  ).flat()
}

function closing<T extends LocalFunction>(one: T): T & AsyncDisposable {
  return Object.assign(one, { [Symbol.asyncDispose]: () => one.close() })
}

type Queue = ReturnType<typeof fifo<string>>

/** Hands batches to the function as Lambda does. @throws if it does not acknowledge all of one */
async function poll(queue: Queue, lambda: LocalFunction, stopping: AbortSignal): Promise<undefined> {
  while (!stopping.aborted) {
    const batch = queue.take(BATCH_SIZE)
    if (batch.length === 0) await sleep(POLL_MS)
    else {
      const records = batch.map((body, index) => recordOf({ id: `m-${index}`, body }))
      const { payload } = await lambda.invoke({ Records: records })
      const answer = JSON.stringify(payload)
      if (answer !== '{"batchItemFailures":[]}') throw new Error(`Cannot measure: a batch ended in ${answer}`)
    }
  }
}

/** Waits until everybody is out. @throws if that takes too long */
async function watch(flooded: {
  readonly lambda: LocalFunction
  readonly startedMs: number
  readonly count: Awaited<ReturnType<typeof startDoubles>>['count']
}) {
  const { lambda, startedMs, count } = flooded
  const resident = () => Promise.all(lambda.pids().map(residentMbOf))
  let warm: readonly number[] | undefined
  for (;;) {
    await sleep(SAMPLE_MS)
    const { removed, refusedAt } = await count()
    const passedMs = Date.now() - startedMs
    if (removed >= WARM_AFTER) warm ??= await resident()
    if (removed === TOTAL) {
      const refusedMs = refusedAt.map((atMs) => atMs - startedMs)
      return { minutes: passedMs / MINUTE_MS, refusedMs, warm: warm ?? [], last: await resident() }
    }
    if (passedMs > LONGEST_MS) throw new Error(`Cannot measure: ${removed} of ${TOTAL} are out so far`)
  }
}
