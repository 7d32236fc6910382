import { LEFT_AT } from '../support/cases.ts'
import type { Caught } from './power.ts'
import type { Proof } from './prove.ts'
import type { Run, Violation } from './run.ts'
import type { Placed, TracedCall } from './stage.ts'

/** The proof's figures, for people. */
export function figures({ exhausted, random }: Proof, caught: readonly Caught[], seconds: number): string {
  const runs = exhausted.flatMap((one) => one.runs).reduce((total, count) => total + count, 0)
  const failures = [...exhausted, ...random].reduce((total, one) => total + one.failures, 0)
  return [
    'Every placement of faults',
    `${'calls'.padStart(7)}${'1 fault'.padStart(9)}${'2 faults'.padStart(10)}${'3 faults'.padStart(10)}${'failed'.padStart(8)}  story`,
    ...exhausted.map(({ story, calls, runs: [, one, two, three], failures: failed }) =>
      [count(calls, 7), count(one, 9), count(two, 10), count(three, 10), count(failed, 8), '  ', story].join(
        '',
      ),
    ),
    `  ${number(runs)} runs of ${exhausted.length} stories, the run without a fault of each included`,
    '',
    ...(random.length > 0 ? ['Random'] : []),
    ...random.map(
      ({ name, runs: tried, failures: failed }) =>
        `${count(tried, 9)} runs, ${number(failed)} failed${failed === 0 ? ` (≤ ${(3 / tried).toExponential(1)} of all such runs, 95 %)` : ''}: ${name}`,
    ),
    ...(caught.length > 0 ? ['', 'Planted bugs'] : []),
    ...caught.map(({ bug, isCaught, says }) =>
      isCaught ? `  caught by ${bug.caughtBy.padEnd(22)} ${bug.name}` : `  ESCAPED ${bug.name}: ${says}`,
    ),
    ...(caught.length > 0
      ? [`  power ${caught.filter(({ isCaught }) => isCaught).length}/${caught.length}`]
      : []),
    '',
    ...exhausted.flatMap(({ story, failed }) =>
      failed.map(({ placed, violations }) => failure(story, placed, violations)),
    ),
    ...random.flatMap(({ failed }) =>
      failed.map(({ story, seed, placed, violations }) =>
        failure(`${story}, --seed ${seed}`, placed, violations),
      ),
    ),
    `${failures === 0 ? 'Nobody lost, nobody wrong, nothing unaudited' : `${number(failures)} RUNS BROKE A PROMISE`}; ${seconds.toFixed(0)} s`,
  ].join('\n')
}

function failure(where: string, placed: readonly Placed[], violations: readonly Violation[]): string {
  return [`✗ ${where}; ${placement(placed)}`, ...violations.slice(0, 5).map(objection)].join('\n')
}

function count(value: number | undefined, width: number): string {
  return (value === undefined ? '–' : number(value)).padStart(width)
}

function number(value: number): string {
  return value.toLocaleString('en')
}

const MOST_LINES = 150
/** Reads change nothing: they are shown only where something went wrong with them. */
const READS: ReadonlySet<string> = new Set(['get', 'query', 'GetSecretValue'])

/** Tells a run as a story: what happened in Atlas, every call that could change something, every fault, what was told, and what the checkers say. */
export function narrative({ played, violations }: Run): string {
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
        `${uid} ${detail.status} ${JSON.stringify(outcomeIn(detail)) ?? ''}`,
      ),
    ),
    ...trace.filter(isShown).map((call) => line(call.at, call.worker, nameOf(call))),
  ]
  const lines = told.toSorted((one, other) => one.at - other.at).map(({ text }) => text)
  const cut = lines.length > MOST_LINES ? [`… ${lines.length - MOST_LINES} lines before`] : []
  return [...cut, ...lines.slice(-MOST_LINES), ...violations.map(objection)].join('\n')
}

function placement(placed: readonly Placed[]): string {
  return placed.map(({ index, name }) => `call ${index}: ${name}`).join(', ') || 'no fault'
}

function objection({ checker, says }: Violation): string {
  return `  ✗ ${checker}: ${says}`
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
