/** One number, beside what it must be. No target: for information. */
export type Figure = {
  readonly name: string
  readonly value: number
  readonly unit:
    | 'requests'
    | 'calls'
    | 'read units'
    | 'write units'
    | 'x'
    | 'ms'
    | 's'
    | 'MB'
    | 'kB'
    | '%'
    | 'per hour'
    | 'min'
    | 'per case'
  readonly atMost?: number
  readonly atLeast?: number
  /** What exactly was measured, and how it spread. */
  readonly note?: string
  /** Why it could not be measured here. */
  readonly skipped?: string
  /** Lines that show it in detail. */
  readonly drawing?: readonly string[]
}

/** Several ways to do the same, by name; each does it once and says how many ms it took. */
export type Arms<Name extends string> = Readonly<Record<Name, (round: number) => Promise<number>>>

export type Samples<Name extends string> = Readonly<Record<Name, readonly number[]>>

/**
 * Runs all arms in every round, each time starting with another one, so that whatever else the machine does falls on all
 * of them alike.
 */
export async function interleaved<Name extends string>(
  arms: Arms<Name>,
  rounds: number,
): Promise<Samples<Name>> {
  const names = Object.keys(arms) as Name[]
  const samples = Object.fromEntries(names.map((name) => [name, [] as number[]])) as Record<Name, number[]>
  for (let round = 0; round < rounds; round += 1) {
    const first = round % names.length
    for (const name of [...names.slice(first), ...names.slice(0, first)]) {
      samples[name].push(await arms[name](round))
    }
  }
  return samples
}

/** The ms that work takes. */
export async function timed(work: () => Promise<unknown>): Promise<number> {
  const from = performance.now()
  await work()
  return performance.now() - from
}

/** Compares two arms round by round. */
export function ratioOf(arm: readonly number[], base: readonly number[]) {
  const ratios = arm.map((value, round) => value / (base[round] ?? Number.NaN))
  const quartiles = [0.25, 0.75].map((at) => quantile(ratios, at).toFixed(2))
  const medians = `${median(arm).toFixed(0)} over ${median(base).toFixed(0)} ms`
  return {
    value: median(ratios),
    note: `${medians}, quartiles ${quartiles.join('–')}, ${ratios.length} rounds`,
  }
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5)
}

/** Between two values in proportion. */
export function quantile(values: readonly number[], at: number): number {
  const sorted = values.toSorted((one, other) => one - other)
  const place = (sorted.length - 1) * at
  const low = sorted[Math.floor(place)] ?? Number.NaN
  const high = sorted[Math.ceil(place)] ?? Number.NaN
  return low + (high - low) * (place - Math.floor(place))
}
