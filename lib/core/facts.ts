import type { Case, CaseState } from '../words/case.ts'
import { usernamesOf } from '../words/departure.ts'
import { type Rename, renamedKey, renamesIn } from './absent.ts'
import type { Ledger, Memory } from './ledger.ts'
import { EVERYONE, type EveryoneState, everyoneIn, type OrgState, orgKey, orgStateIn } from './org-state.ts'
import type { Clock, Organizations } from './ports.ts'
import { type PersonState, personKeys, returnsIn } from './returns.ts'
import type { Facts, RuleSettings } from './rules.ts'

/** What the ledger remembers beside a case. */
export type Remembered = Pick<Facts, 'everyone' | 'org' | 'returns'> & {
  /** The organization's memory as read, to change it without reading it again. */
  readonly orgMemory: Memory<OrgState>
  readonly persons: readonly Memory<PersonState>[]
  /** Who bore one of the departure's names before. */
  readonly renames: readonly Rename[]
}

/** Reads what the ledger remembers of everyone, of the organization and of the person, in one round trip. */
export async function recall(ledger: Ledger, { orgId, departure }: CaseState): Promise<Remembered> {
  const keys = personKeys(departure)
  const renamed = usernamesOf(departure).map((name) => renamedKey(orgId, name))
  const memories = await ledger.memories([EVERYONE, orgKey(orgId), ...keys, ...renamed])
  const [everyone, orgMemory, ...more] = memories as readonly [
    Memory<EveryoneState>,
    Memory<OrgState>,
    ...Memory<PersonState>[],
  ]
  const [persons, renames] = [more.slice(0, keys.length), renamesIn(more.slice(keys.length))]
  const [org, returns] = [orgStateIn(orgMemory), returnsIn(persons)]
  return { everyone: everyoneIn(everyone), org, returns, orgMemory, persons, renames }
}

type FactDeps = {
  readonly clock: Clock
  readonly organizations: Organizations
  readonly settings: RuleSettings
}

/** Puts together what the rules judge by before Atlas is asked. */
export function factsOf({ clock, organizations, settings }: FactDeps, kase: Case, known: Remembered): Facts {
  const { everyone, org, returns } = known
  const isOrgConfigured = organizations.orgIds.includes(kase.state.orgId)
  return { kase, now: clock.now(), settings, isOrgConfigured, everyone, org, returns }
}
