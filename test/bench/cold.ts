import { type CpuLimit, cpuLimit } from './cpu-limit.ts'
import { startDoubles } from './doubles/doubles.ts'
import { batchOf } from './leavers.ts'
import { type Figure, interleaved, median, ratioOf } from './measure.ts'
import { MEMORY_MB, specOf } from './packaged.ts'
import { startRuntime } from './runtime.ts'

const ROUNDS = 12

/**
 * Init and first removal of the packaged function against those of the smallest honest handler, which does the same Atlas
 * requests and nothing else. As on Lambda, init has a whole CPU; after it comes the share of 256 MB.
 */
export async function measure(): Promise<readonly Figure[]> {
  await using doubles = await startDoubles({ leavers: 1_000, atlasMs: 50, awsMs: 5 })
  const specs = {
    departures: await specOf('departures', doubles.env),
    baseline: await specOf('baseline', doubles.env),
  }
  const inits = { departures: [] as number[], baseline: [] as number[] }
  let leaver = 0

  async function coldStart(name: keyof typeof specs, limit?: CpuLimit): Promise<number> {
    await using runtime = await startRuntime(specs[name])
    limit?.confine(runtime.pid)
    leaver += 1
    const firstMs = await runtime.invoke(batchOf([leaver]))
    inits[name].push(runtime.initMs)
    return runtime.initMs + firstMs
  }

  const armsWith = (limit?: CpuLimit) => ({
    departures: () => coldStart('departures', limit),
    baseline: () => coldStart('baseline', limit),
  })
  const limit = cpuLimit(MEMORY_MB)
  const throttled = limit && (await interleaved(armsWith(limit), ROUNDS))
  limit?.close()
  const free = await interleaved(armsWith(), ROUNDS)
  if ((await doubles.removed()) !== leaver)
    throw new Error('Cannot measure cold starts: not everybody was removed')

  return [
    {
      name: `cold, throttled to ${MEMORY_MB} MB's CPU after init`,
      unit: 'x',
      atMost: 1,
      ...(throttled
        ? ratioOf(throttled.departures, throttled.baseline)
        : { value: Number.NaN, skipped: 'needs a control group for the CPU: Linux, as root' }),
    },
    { name: 'cold, unthrottled', unit: 'x', atMost: 1.3, ...ratioOf(free.departures, free.baseline) },
    {
      name: 'of which init, departures (secret and token included)',
      value: median(inits.departures),
      unit: 'ms',
      note: `baseline ${median(inits.baseline).toFixed(0)} ms`,
    },
  ]
}
