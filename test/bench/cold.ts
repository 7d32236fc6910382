import { type CpuLimit, cpuLimit } from './cpu-limit.ts'
import { startDoubles } from './doubles/doubles.ts'
import { batchOf } from './leavers.ts'
import { type Figure, interleaved, median, ratioOf, type Samples } from './measure.ts'
import { specOf } from './packaged.ts'
import { startRuntime } from './runtime.ts'

const ROUNDS = 12
const ARMS = ['departures', 'equal-work', 'bare'] as const
type Arm = (typeof ARMS)[number]

const TARGETS = [
  { over: 'equal-work', atMost: 0.8 },
  { over: 'bare', atMost: 1.3 },
] as const

/**
 * Init and first removal of the packaged function against those of the equal-work reference, and of the smallest honest handler, which sends
 * the same Atlas requests and does nothing else. As on Lambda, init has a whole CPU; after it comes the memory size's share.
 */
export async function measure({ memoryMb }: { readonly memoryMb: number }): Promise<readonly Figure[]> {
  await using doubles = await startDoubles({ leavers: 1_000, atlasMs: 50, awsMs: 5 })
  const inits = Object.fromEntries(ARMS.map((name) => [name, [] as number[]])) as Record<Arm, number[]>
  let leaver = 0

  async function coldStart(name: Arm, limit?: CpuLimit): Promise<number> {
    await using runtime = await startRuntime(await specOf(name, doubles.env, memoryMb))
    limit?.confine(runtime.pid)
    leaver += 1
    const firstMs = await runtime.invoke(batchOf([leaver]))
    inits[name].push(runtime.initMs)
    return runtime.initMs + firstMs
  }

  const armsWith = (limit?: CpuLimit) =>
    Object.fromEntries(ARMS.map((name) => [name, () => coldStart(name, limit)])) as Record<
      Arm,
      () => Promise<number>
    >
  const limit = cpuLimit(memoryMb)
  const throttled = limit && (await interleaved(armsWith(limit), ROUNDS))
  limit?.close()
  const free = await interleaved(armsWith(), ROUNDS)
  if ((await doubles.removed()) !== leaver)
    throw new Error('Cannot measure cold starts: not everybody was removed')

  const others = ARMS.slice(1).map((name) => `${name} ${median(inits[name]).toFixed(0)} ms`)
  return [
    ...ratios(`cold, throttled to ${memoryMb} MB's CPU after init`, throttled),
    ...ratios('cold, unthrottled', free),
    {
      name: 'of which init, departures (secret and token included)',
      value: median(inits.departures),
      unit: 'ms',
      note: others.join(', '),
    },
  ]
}

function ratios(what: string, samples: Samples<Arm> | undefined): readonly Figure[] {
  return TARGETS.map(({ over, atMost }) => ({
    name: `${what}, over ${over}`,
    unit: 'x',
    atMost,
    ...(samples
      ? ratioOf(samples.departures, samples[over])
      : { value: Number.NaN, skipped: 'needs a control group for the CPU: Linux, as root' }),
  }))
}
