import type { Reference } from '../../words/reference.ts'
import { hrConfirmation } from './confirm.ts'
import type { HrDeps } from './look-up.ts'
import { isRecheck, recheck } from './recheck.ts'
import { refer, referAgain } from './resolve.ts'
import type { HrSource } from './sources.ts'

type Options = Omit<HrDeps, 'sources' | 'tokens' | 'hr'> & {
  readonly systems: readonly HrSource[]
  /** For how many days back the daily check asks who left. */
  readonly recheckDays: number
}

/** Wires what the departures function does with HR: it resolves references, and asks once more before a removal. */
export function wireHr({ systems, recheckDays, ...parts }: Options) {
  const sources = new Map(systems.map((source) => [`hr/${source.name}`, source]))
  const deps: HrDeps = { ...parts, sources, tokens: new Map() }
  return {
    port: hrConfirmation(deps),
    refer: (reference: Reference, deadline: Date) => refer(deps, reference, deadline),
    /** Continues a reference, or a daily check, that is due. */
    again: (id: string, deadline: Date) =>
      isRecheck(id) ? recheck(deps, id, recheckDays, deadline) : referAgain(deps, id, deadline),
  }
}
