import type { Figure } from './measure.ts'
import { FUNCTIONS, packaged } from './packaged.ts'

/** The bundles that are deployed, minified. */
export async function measure(): Promise<readonly Figure[]> {
  const codes = await packaged()
  return FUNCTIONS.map((name) => ({
    name: `package of ${name}`,
    value: (codes.get(name)?.bytes ?? Number.NaN) / 1_000,
    unit: 'kB',
    ...(name === 'departures' && { atMost: 1_000 }),
  }))
}
