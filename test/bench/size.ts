import type { Figure } from './measure.ts'
import { FUNCTIONS, packaged } from './packaged.ts'

/** The bundles that are deployed, minified, and the equal-work reference. */
export async function measure(): Promise<readonly Figure[]> {
  const codes = await packaged()
  return [...FUNCTIONS, 'equal-work'].map((name) => ({
    name: `package of ${name}`,
    value: (codes.get(name)?.bytes ?? Number.NaN) / 1_000,
    unit: 'kB',
    ...(name === 'departures' && { atMost: 700 }),
  }))
}
