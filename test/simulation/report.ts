import { LEFT_AT } from '../support/cases.ts'
import type { DeepFigures } from './deep-figures.ts'
import type { Caught } from './power.ts'
import type { Proof } from './prove.ts'
import type { Run, Violation } from './run.ts'
import type { Placed, TracedCall } from './stage.ts'

/** The proof's figures, for people. */
export function figures(proof: Proof, caught: readonly Caught[], seconds: number): string {
  const failures = failuresIn(proof)
  return [
    ...placements(proof),
    ...schedules(proof),
    ...randomRuns(proof),
    ...oddDays(proof),
    ...planted(caught),
    ...broken(proof),
    `${failures === 0 ? 'Nobody lost, nobody wrong, nothing unaudited' : `${number(failures)} RUNS BROKE A PROMISE`}; ${seconds.toFixed(0)} s`,
  ].join('\n')
}

/** Runs that broke a promise. */
export function failuresIn({ exhausted, scheduled, random, odd }: Proof): number {
  return (
    [...exhausted, ...scheduled, ...random].reduce((total, one) => total + one.failures, 0) +
    odd.filter(({ violations }) => violations.length > 0).length
  )
}

/** The figures of a deep run that are kept. */
export function deepFiguresOf(proof: Proof): DeepFigures {
  const { runs, pruned } = totals(proof)
  return { runs, pruned, failures: failuresIn(proof) }
}

/** The row of test/README.md that tells of the deep run. */
export function deepRow(kept: DeepFigures | undefined): string {
  const cells = kept ? [kept.runs, kept.pruned, kept.failures].map(number) : ['…', '…', '…']
  return `| ${DEEP} | ${cells.join(' | ')} |`
}

const DEEP =
  'pairs of faults in two invocations, up to three faults in the first 12 calls of a story, two switches (`--deep`, by hand)'

function totals({ exhausted }: Proof) {
  return {
    runs: exhausted.flatMap((one) => one.runs).reduce((total, one) => total + one, 0),
    pruned: exhausted.reduce((total, one) => total + one.pruned, 0),
  }
}

function placements(proof: Proof): readonly string[] {
  const { exhausted, isDeep } = proof
  const { runs, pruned } = totals(proof)
  return [
    isDeep
      ? 'Placements of faults and switches'
      : 'Every fault, and every pair of faults in the calls of one invocation',
    `${'calls'.padStart(7)}${'1 fault'.padStart(9)}${'2 faults'.padStart(10)}${'3 faults'.padStart(10)}${'pruned'.padStart(10)}${'failed'.padStart(8)}  story`,
    ...exhausted.map(({ story, calls, runs: [, one, two, three], pruned: spared, failures }) =>
      [
        count(calls, 7),
        count(one, 9),
        count(two, 10),
        count(three, 10),
        count(spared, 10),
        count(failures, 8),
        `  ${story}`,
      ].join(''),
    ),
    `  ${number(runs)} runs, the run without a fault of each story included; ${number(pruned)} pruned`,
    '',
  ]
}

function schedules({ scheduled }: Proof): readonly string[] {
  if (scheduled.length === 0) return []
  const total = (of: 'runs' | 'pruned' | 'failures') => scheduled.reduce((sum, one) => sum + one[of], 0)
  const several = scheduled.filter(({ runs }) => runs > 0).length
  return [
    'Every schedule with one forced switch',
    `  ${number(total('runs'))} runs of ${several} stories in which several are at work, ${number(total('pruned'))} pruned, ${number(total('failures'))} failed`,
    '',
  ]
}

function randomRuns({ random }: Proof): readonly string[] {
  if (random.length === 0) return []
  return [
    'Random',
    ...random.map(
      ({ name, runs: tried, failures: failed }) =>
        `${count(tried, 9)} runs, ${number(failed)} failed${failed === 0 ? ` (≤ ${(3 / tried).toExponential(1)} of all such runs, 95 %)` : ''}: ${name}`,
    ),
    '',
  ]
}

function oddDays({ odd }: Proof): readonly string[] {
  if (odd.length === 0) return []
  const mean = (of: 'oddMs' | 'plainMs') => odd.reduce((sum, one) => sum + one[of], 0) / odd.length
  const total = (of: 'answers' | 'replaced') => odd.reduce((sum, one) => sum + one[of], 0)
  return [
    'Days on which one in twenty of Atlas’s answers is odd',
    `  ${number(odd.length)} days, ${number(total('replaced'))} of ${number(total('answers'))} answers replaced; median time to revoke of those whom none was about: ${mean('oddMs').toFixed(0)} ms, on the same days without ${mean('plainMs').toFixed(0)} ms`,
    '',
  ]
}

function planted(caught: readonly Caught[]): readonly string[] {
  if (caught.length === 0) return []
  return [
    'Planted bugs',
    ...caught.map(({ bug, isCaught, says }) =>
      isCaught ? `  caught by ${bug.caughtBy.padEnd(22)} ${bug.name}` : `  ESCAPED ${bug.name}: ${says}`,
    ),
    `  power ${caught.filter(({ isCaught }) => isCaught).length}/${caught.length}`,
    '',
  ]
}

function broken({ exhausted, scheduled, random, odd }: Proof): readonly string[] {
  return [
    ...[...exhausted, ...scheduled].flatMap(({ story, failed }) =>
      failed.map(({ placed, violations }) => failure(story, placed, violations)),
    ),
    ...random.flatMap(({ failed }) =>
      failed.map(({ story, seed, placed, violations }) =>
        failure(`${story}, --seed ${seed}`, placed, violations),
      ),
    ),
    ...odd.flatMap(({ seed, violations }) =>
      violations.length > 0 ? [failure(`an odd day, seed ${seed}`, [], violations)] : [],
    ),
  ]
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
