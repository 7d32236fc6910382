import { addMs, remember } from '../core/runner.ts'
import { noticeDraft } from '../words/audit-event.ts'
import { dayOf } from '../words/day.ts'
import { type Entry, orderOf } from '../words/digest.ts'
import { DAY_MS } from '../words/duration.ts'
import { MANIFESTS, type ManifestsState, manifestOf } from '../words/manifest.ts'
import { countOf } from '../words/wording.ts'
import type { SweepDeps } from './parts.ts'

/** How many days without a sweep the next one makes up for. */
const MOST_DAYS_LATE = 30
/** In days: as long as the ledger keeps closed tasks. */
const MOST_KEPT = 400
/** Kept for writing the manifests. */
const RESERVE_MS = 5_000

/**
 * Publishes a manifest of every day that is over and has none yet, and remembers it.
 *
 * @throws if the ledger could not be read in time; nothing is written then
 */
export async function publishManifests(deps: SweepDeps, deadline: Date): Promise<void> {
  const now = deps.clock.now()
  const [known] = await deps.ledger.memories([MANIFESTS])
  const last = (known?.state as ManifestsState | undefined)?.days.at(-1)?.day
  const days = daysAfter(last, now)
  if (days.length === 0) return
  const entries = new Map<string, Entry[]>(days.map((day) => [day, []]))
  let after: string | undefined
  do {
    if (addMs(deps.clock.now(), RESERVE_MS) >= deadline)
      throw new Error('Cannot make a manifest: out of time')
    const page = await deps.ledger.committals(after)
    for (const entry of page.committals.flatMap((one) => one.entries))
      entries.get(dayOf(entry.at))?.push(entry)
    after = page.next
  } while (after !== undefined)
  const made = [...entries].map(([day, ofDay]) => manifestOf(day, inOrder(ofDay)))
  await remember<ManifestsState>(deps, MANIFESTS, (state) =>
    state?.days.at(-1)?.day === last
      ? {
          state: { days: [...(state?.days ?? []), ...made].slice(-MOST_KEPT) },
          drafts: made.map((manifest) =>
            noticeDraft({
              ...{ name: 'manifest', at: now, unmapped: manifest },
              message: `${countOf(manifest.events, 'event')} on ${manifest.day}`,
            }),
          ),
        }
      : undefined,
  )
}

function inOrder(entries: readonly Entry[]): readonly Entry[] {
  const placed = entries.map((entry) => ({ order: orderOf(entry.uid), entry }))
  return placed.sort((one, other) => (one.order < other.order ? -1 : 1)).map(({ entry }) => entry)
}

function daysAfter(last: string | undefined, now: Date): readonly string[] {
  const recent = Array.from({ length: MOST_DAYS_LATE }, (_, back) => dayOf(addMs(now, -(back + 1) * DAY_MS)))
  return last === undefined ? recent.slice(0, 1) : recent.filter((day) => day > last).reverse()
}
