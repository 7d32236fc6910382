import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { startDoubles } from './doubles/doubles.ts'
import { batchOf } from './leavers.ts'
import type { Figure } from './measure.ts'
import { specOf } from './packaged.ts'
import { startRuntime } from './runtime.ts'

const BATCH = 10
const MARKS = [2_000, 5_000, 10_000]
/** What the heap may grow by between the first and the last mark and still count as flat. */
const FLAT_MB = 10

/** Resident memory of the packaged function under Lambda's own runtime client, after so many removals in one process. */
export async function measure(): Promise<readonly Figure[]> {
  const total = Math.max(...MARKS)
  await using doubles = await startDoubles({ leavers: total, approved: true, atlasMs: 0, awsMs: 0 })
  await using runtime = await startRuntime(await specOf('departures', doubles.env))
  const residentMb: number[] = []
  for (let done = 0; done < total; done += BATCH) {
    await runtime.invoke(batchOf(Array.from({ length: BATCH }, (_, n) => done + n)))
    if (MARKS.includes(done + BATCH)) residentMb.push(await residentMbOf(runtime.pid))
  }
  const removed = await doubles.removed()
  if (removed !== total) throw new Error(`Cannot measure memory: only ${removed} of ${total} were removed`)

  const [first = Number.NaN] = residentMb
  const last = residentMb.at(-1) ?? Number.NaN
  const course = residentMb.map((mb, index) => `${mb.toFixed(0)} MB after ${MARKS[index]}`).join(', ')
  return [
    { name: 'memory after 10,000 removals', value: last, unit: 'MB', atMost: 120, note: course },
    { name: 'growth from 2,000 to 10,000 removals', value: last - first, unit: 'MB', atMost: FLAT_MB },
  ]
}

async function residentMbOf(pid: number): Promise<number> {
  const { stdout } = await promisify(execFile)('ps', ['-o', 'rss=', '-p', String(pid)])
  return Number(stdout) / 1_024
}
