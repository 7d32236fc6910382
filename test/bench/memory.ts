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

/** Resident memory under Lambda's own runtime client after so many removals in one process, over the equal-work reference's. */
export async function measure({ memoryMb }: { readonly memoryMb: number }): Promise<readonly Figure[]> {
  const ours = await residentAtMarks('departures', memoryMb)
  const reference = await residentAtMarks('equal-work', memoryMb)
  return [
    {
      name: 'memory after 10,000 removals, over equal-work',
      value: lastOf(ours) / lastOf(reference),
      unit: 'x',
      atMost: 1.05,
      note: `${courseOf(ours)}; equal-work ${courseOf(reference)}`,
    },
    {
      name: 'growth from 2,000 to 10,000 removals',
      value: lastOf(ours) - (ours[0] ?? Number.NaN),
      unit: 'MB',
      atMost: FLAT_MB,
    },
  ]
}

function lastOf(residentMb: readonly number[]): number {
  return residentMb.at(-1) ?? Number.NaN
}

function courseOf(residentMb: readonly number[]): string {
  return residentMb.map((mb, index) => `${mb.toFixed(0)} MB after ${MARKS[index]}`).join(', ')
}

async function residentAtMarks(name: string, memoryMb: number): Promise<readonly number[]> {
  const total = Math.max(...MARKS)
  await using doubles = await startDoubles({ leavers: total, approved: true, atlasMs: 0, awsMs: 0 })
  await using runtime = await startRuntime(await specOf(name, doubles.env, memoryMb))
  const residentMb: number[] = []
  for (let done = 0; done < total; done += BATCH) {
    await runtime.invoke(batchOf(Array.from({ length: BATCH }, (_, n) => done + n)))
    if (MARKS.includes(done + BATCH)) residentMb.push(await residentMbOf(runtime.pid))
  }
  const removed = await doubles.removed()
  if (removed !== total)
    throw new Error(`Cannot measure memory of ${name}: only ${removed} of ${total} were removed`)
  return residentMb
}

/** The resident memory of a process. */
export async function residentMbOf(pid: number): Promise<number> {
  const { stdout } = await promisify(execFile)('ps', ['-o', 'rss=', '-p', String(pid)])
  return Number(stdout) / 1_024
}
