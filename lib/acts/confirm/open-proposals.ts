import type { View } from '../../cli/command.ts'
import { fromNow, instant } from '../../cli/text.ts'
import type { Ledger } from '../../core/ledger.ts'
import { shortCaller } from '../../words/caller.ts'
import type { Actor } from '../../words/decision.ts'
import type { Proposal } from './proposal.ts'

/** What waits for another person, as that person must see it. */
export type OpenProposal = {
  readonly proposal: string
  readonly what: string
  readonly by: Actor
  readonly because: string
  readonly at: Date
  readonly expiresAt: Date
  /** It was done alone, and why. */
  readonly brokeGlass?: string
  /** It is confirmed, and was not carried out to the end. */
  readonly confirmedAt?: Date
  readonly cases: readonly string[]
  /** The names that the request gives. */
  readonly people: readonly string[]
}

/** More would not fit into an answer, which may hold many proposals. */
const MOST_NAMED = 1_000
const MOST = 20

/** Lists open proposals, those that lapse soonest first. */
export async function openProposals(ledger: Ledger): Promise<readonly OpenProposal[]> {
  const found: OpenProposal[] = []
  for await (const page of ledger.open('proposal')) {
    found.push(...(page as readonly Proposal[]).map(viewOf))
    if (found.length >= MOST) break
  }
  return found.slice(0, MOST)
}

function viewOf({ id, openedAt: at, state }: Proposal): OpenProposal {
  const { what, by, because, brokeGlass, confirmedAt, expiresAt, fixed = {}, request = {} } = state
  const { username, usernames = [], departures = [] } = request as Named
  const people = [...(username === undefined ? [] : [username]), ...usernames, ...departures.map(nameOf)]
  return {
    ...{ proposal: id, what, by, because, at, expiresAt },
    ...(brokeGlass !== undefined && { brokeGlass }),
    ...(confirmedAt && { confirmedAt }),
    cases: Object.keys(fixed).slice(0, MOST_NAMED),
    people: people.slice(0, MOST_NAMED),
  }
}

type Named = {
  readonly username?: string
  readonly usernames?: readonly string[]
  readonly departures?: readonly { readonly username: string }[]
}

function nameOf({ username }: { readonly username: string }): string {
  return username
}

/** Says what waits for another person, and what that person types. */
export function proposalLines(one: OpenProposal, { now }: Pick<View, 'now'>): string {
  const { proposal, what, by, because, at, expiresAt, brokeGlass, confirmedAt, people, cases } = one
  const how = brokeGlass === undefined ? 'Proposed' : `DONE BY ONE PERSON ALONE (${brokeGlass})`
  const waits = confirmedAt ? 'confirmed, and not finished' : `lapses ${fromNow(expiresAt, now)}`
  return [
    `${how} ${instant(at)} by ${shortCaller(by.actor)}: ${what}: ${because}`,
    ...(people.length > 0 ? [`  ${people.join(', ')}`] : cases.length > 0 ? [`  ${cases.join(' ')}`] : []),
    `  By another person${brokeGlass === undefined ? `; ${waits}` : ''}:`,
    `  next: atlas-offboarding confirm ${proposal}`,
  ].join('\n')
}
