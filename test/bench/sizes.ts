import { readFileSync } from 'node:fs'
import { PRICES } from '../../infra/prices.ts'
import { startDoubles } from './doubles/doubles.ts'
import { batchOf } from './leavers.ts'
import { type Figure, median } from './measure.ts'
import { specOf } from './packaged.ts'
import { startRuntime } from './runtime.ts'

const ROUNDS = 8
const WARM = 50
const SIZES_MB = [256, 512, 1_024, 1_769]
/** Lambda gives a function one vCPU at 1,769 MB, and less in proportion; during init a whole one. */
const FULL_VCPU_MB = 1_769
/** Of a warm removal, AWS and Atlas alone (`npm run bench -- --only calls`); a cold one fetches secret and token besides. */
const WAITS_MS = { warm: 185, cold: 240 }

type CpuMs = { readonly init: number; readonly first: number; readonly warm: number }

/**
 * What each memory size would make of a removal by the departures function: its processor time, measured, divided by the share of a
 * processor, and the waits. On a busy machine the processor time is too high, for every size alike.
 */
export async function measure(): Promise<readonly Figure[]> {
  await using doubles = await startDoubles({ leavers: ROUNDS * (WARM + 1), atlasMs: 5, awsMs: 1 })
  const rounds: CpuMs[] = []
  for (let round = 0; round < ROUNDS; round += 1) rounds.push(await once(doubles.env, round))
  const [init, first, warm] = (['init', 'first', 'warm'] as const).map((part) =>
    median(rounds.map((one) => one[part])),
  ) as [number, number, number]
  const measured = `processor time: init ${init.toFixed(0)} ms, first ${first.toFixed(0)} ms, warm ${warm.toFixed(1)} ms; ${ROUNDS} rounds`
  return SIZES_MB.flatMap((mb) => {
    const share = Math.min(1, mb / FULL_VCPU_MB)
    const coldMs = init + WAITS_MS.cold + first / share
    const warmMs = WAITS_MS.warm + warm / share
    const dollars = (ms: number) => ((mb / 1_024) * ms * PRICES.gbSecond.dollars).toFixed(4)
    return [
      {
        ...{ name: `cold removal at ${mb} MB`, value: coldMs, unit: 'ms' },
        note: `${dollars(coldMs)} dollars for 1,000; ${measured}`,
      },
      {
        ...{ name: `warm removal at ${mb} MB`, value: warmMs, unit: 'ms' },
        note: `${dollars(warmMs)} dollars for 1,000`,
      },
    ] as const
  })
}

async function once(env: Readonly<Record<string, string>>, round: number): Promise<CpuMs> {
  await using runtime = await startRuntime(await specOf('departures', env, FULL_VCPU_MB))
  const leaver = round * (WARM + 1)
  const init = cpuMsOf(runtime.pid)
  await runtime.invoke(batchOf([leaver]))
  const first = cpuMsOf(runtime.pid)
  for (let more = 1; more <= WARM; more += 1) await runtime.invoke(batchOf([leaver + more]))
  return { init, first: first - init, warm: (cpuMsOf(runtime.pid) - first) / WARM }
}

const TICK_MS = 10

/** User and system time of a process and its threads so far. */
function cpuMsOf(pid: number): number {
  const [, fields = ''] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')
  const [user, system] = fields.split(' ').slice(11, 13).map(Number)
  return ((user ?? Number.NaN) + (system ?? Number.NaN)) * TICK_MS
}
