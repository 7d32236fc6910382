import { dayOf } from '../../words/day.ts'
import { merkleTree } from '../../words/digest.ts'
import { DAY_MS } from '../../words/duration.ts'
import type { Manifest } from '../../words/manifest.ts'
import type { Finding } from './findings.ts'

/** Whose events add up to a day's manifest: what the ledger has, what the archive has, or both together. */
export type Verdict = 'both' | 'ledger' | 'archive' | 'none' | 'no_manifest'

/** The period in which events are compared. */
type Days = { readonly since: Date; readonly until: Date }

/** Adds up each day's events, as the ledger and as the archive has them. Add them in the order of `orderOf`. */
export function daySums() {
  const sums = new Map<string, ReturnType<typeof newSum>>()
  return {
    add(at: Date, { ledger, archive }: { readonly ledger?: string; readonly archive?: string }): void {
      const day = dayOf(at)
      const sum = sums.get(day) ?? newSum()
      sums.set(day, sum)
      if (ledger !== undefined) sum.ledger.add(ledger)
      if (archive !== undefined) sum.archive.add(archive)
      const either = ledger ?? archive
      if (either !== undefined) sum.both.add(either)
    },
    /** Compares each day with its manifest. */
    judge(manifests: readonly Manifest[], days: Days) {
      const known = new Map(manifests.map((manifest) => [manifest.day, manifest]))
      const first = manifests.map(({ day }) => day).sort()[0]
      // The sweep makes a day's manifest within the day after.
      const lastDue = dayOf(new Date(days.until.getTime() - DAY_MS))
      const verdicts = new Map<string, Verdict>()
      const findings: Finding[] = []
      for (const day of new Set([...sums.keys(), ...known.keys()].sort())) {
        if (!isWhole(day, days)) continue
        const manifest = known.get(day)
        const sum = sums.get(day) ?? newSum()
        const sides = ['both', 'ledger', 'archive'] as const
        const verdict = manifest
          ? (sides.find(
              (side) => sum[side].size() === manifest.events && sum[side].root() === manifest.root,
            ) ?? 'none')
          : 'no_manifest'
        verdicts.set(day, verdict)
        const note = `events: manifest ${manifest?.events}, ledger ${sum.ledger.size()}, archive ${sum.archive.size()}`
        if (verdict === 'none') findings.push({ kind: 'day_differs', day, note })
        if (verdict === 'no_manifest' && first !== undefined && day > first && day < lastDue)
          findings.push({ kind: 'no_manifest', day })
      }
      return { verdicts, findings }
    },
  }
}

const newSum = () => ({ ledger: merkleTree(), archive: merkleTree(), both: merkleTree() })

function isWhole(day: string, { since, until }: Days): boolean {
  const begins = Date.parse(day)
  return begins >= since.getTime() && begins + DAY_MS <= until.getTime()
}
