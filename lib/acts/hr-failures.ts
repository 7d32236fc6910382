import { type HrHealth, healthKey } from '../senders/hr/health.ts'
import type { ReferenceTask } from '../senders/hr/reference-task.ts'
import { HR_SYSTEMS } from '../senders/hr/systems.ts'
import type { ReaderDeps } from './act.ts'

const HR_SOURCES = [...HR_SYSTEMS.keys()].map((name) => `hr/${name}`)

type Failing = { readonly code: string; readonly since: Date; readonly waiting: number }

/**
 * Tells which HR systems cannot be asked, why, since when, and how many of their events wait for that. A system that does not
 * answer about one employee counts, too, whatever it answers about others.
 */
export async function hrFailures({ ledger, clock }: ReaderDeps, deadline: Date) {
  const failing = new Map<string, Failing>()
  const health = await ledger.memories(HR_SOURCES.map(healthKey))
  for (const [at, source] of HR_SOURCES.entries()) {
    const { code, failingSince: since } = (health[at]?.state ?? {}) as HrHealth
    if (code !== undefined && since !== undefined) failing.set(source, { code, since, waiting: 0 })
  }
  for await (const page of ledger.open('reference')) {
    for (const { state, openedAt } of page as readonly ReferenceTask[]) {
      const { code, reference } = state
      const known = failing.get(reference.source) ?? (code && { code, since: openedAt, waiting: 0 })
      if (known) failing.set(reference.source, { ...known, waiting: known.waiting + 1 })
    }
    if (clock.now() > deadline) break
  }
  return [...failing].map(([source, failure]) => ({ source, ...failure }))
}
