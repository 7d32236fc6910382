import { startDoubles } from './doubles/doubles.ts'
import { type Figure, interleaved, quantile } from './measure.ts'
import { FUNCTIONS, specOf } from './packaged.ts'
import { startRuntime } from './runtime.ts'

const ROUNDS = 7

/** Init of each packaged function, and of the equal-work reference, under Lambda's own runtime client, the start of Node itself included. */
export async function measure({ memoryMb }: { readonly memoryMb: number }): Promise<readonly Figure[]> {
  await using doubles = await startDoubles({ leavers: 0, atlasMs: 50, awsMs: 5 })

  async function init(name: string): Promise<number> {
    await using runtime = await startRuntime(await specOf(name, doubles.env, memoryMb))
    return runtime.initMs
  }

  const arms = Object.fromEntries([...FUNCTIONS, 'equal-work'].map((name) => [name, () => init(name)]))
  const samples = await interleaved(arms, ROUNDS)
  return Object.entries(samples).map(([name, values]) => ({
    name: `init of ${name}`,
    value: quantile(values, 0.5),
    unit: 'ms',
    note: `quartiles ${quantile(values, 0.25).toFixed(0)}–${quantile(values, 0.75).toFixed(0)}, ${ROUNDS} rounds, unthrottled`,
  }))
}
