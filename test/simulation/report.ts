import { LEFT_AT } from '../support/cases.ts'
import type { Run } from './run.ts'
import type { Placed, TracedCall } from './stage.ts'

const MOST_LINES = 150
/** Reads change nothing: they are shown only where something went wrong with them. */
const READS: ReadonlySet<string> = new Set(['get', 'query', 'GetSecretValue'])

/** Tells a run as a story: what happened in Atlas, every call that could change something, every fault, what was told, and what the checkers say. */
export function story({ played, violations }: Run): string {
  const { trace, truth, removals, world } = played
  const told = [
    ...truth.departures.map(({ at, departure }) =>
      line(at, 'source', `departure ${JSON.stringify(departure)}`),
    ),
    ...truth.returns.map(({ at, back }) => line(at, 'source', `return ${JSON.stringify(back)}`)),
    ...truth.acts.map(({ at, begunAt: _, ...act }) => line(at, 'on-call', JSON.stringify(act))),
    ...truth.memberships
      .filter(({ how }) => how !== 'from_the_start')
      .map(({ from, username, how, orgId }) => line(from, 'Atlas', `${username} ${how} ${orgId}`)),
    ...removals.map(({ at, member, orgId }) => line(at, 'Atlas', `${member.username} removed from ${orgId}`)),
    ...world.aws.published.map(({ uid, detail }) =>
      line(
        new Date(Number(detail.time)),
        'audit',
        `${uid} ${detail.status} ${JSON.stringify(outcomeIn(detail))}`,
      ),
    ),
    ...trace.filter(isShown).map((call) => line(call.at, call.worker, nameOf(call))),
  ]
  const lines = told.toSorted((one, other) => one.at - other.at).map(({ text }) => text)
  const cut = lines.length > MOST_LINES ? [`… ${lines.length - MOST_LINES} lines before`] : []
  return [
    ...cut,
    ...lines.slice(-MOST_LINES),
    ...violations.map(({ checker, says }) => `✗ ${checker}: ${says}`),
  ].join('\n')
}

/** Names a placement of faults. */
export function placement(placed: readonly Placed[]): string {
  return placed.map(({ index, name }) => `call ${index}: ${name}`).join(', ') || 'no fault'
}

function isShown({ operation, fault }: TracedCall): boolean {
  return fault !== undefined || !READS.has(operation)
}

function nameOf({ index, service, operation, fault }: TracedCall): string {
  return `${index} ${service}.${operation}${fault ? `  ← ${fault}` : ''}`
}

function outcomeIn({ unmapped }: Readonly<Record<string, unknown>>): unknown {
  return (unmapped as { readonly outcome?: unknown } | undefined)?.outcome
}

function line(at: Date, who: string, what: string) {
  const seconds = ((at.getTime() - LEFT_AT.getTime()) / 1_000).toFixed(3)
  return { at: at.getTime(), text: `${seconds.padStart(14)} s  ${who.padEnd(10)} ${what}` }
}
