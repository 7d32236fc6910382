import type { Call } from './call-log.ts'

const WIDTH = 44

/** Draws calls under one another, each with its start and end in ms. */
export function waterfall(calls: readonly Call[]): readonly string[] {
  const from = Math.min(...calls.map(({ startedAt }) => startedAt.getTime()))
  const until = Math.max(...calls.map(({ endedAt }) => endedAt.getTime()))
  const columnOf = (ms: number) => Math.round((WIDTH * ms) / Math.max(1, until - from))
  return calls
    .toSorted((one, other) => one.startedAt.getTime() - other.startedAt.getTime())
    .map((call) => {
      const [start, end] = [call.startedAt.getTime() - from, call.endedAt.getTime() - from]
      const bar = `${' '.repeat(columnOf(start))}${'█'.repeat(Math.max(1, columnOf(end) - columnOf(start)))}`
      const span = `${String(start).padStart(6)} ${String(end).padStart(5)} ms`
      return `${span}  ${bar.padEnd(WIDTH + 1)} ${describe(call)}`
    })
}

function describe({ service, operation, item, units }: Call): string {
  const charged = units ? `: ${units.table} + ${units.indexes} write units` : ''
  return `${service} ${operation}${item ? ` (${item})` : ''}${charged}`
}

/** How many calls at least come one after the other: the longest chain in which each starts when the one before has ended. */
export function inSequence(calls: readonly Call[]): number {
  let count = 0
  let lastEnd = Number.NEGATIVE_INFINITY
  const byEnd = calls.toSorted((one, other) => one.endedAt.getTime() - other.endedAt.getTime())
  for (const { startedAt, endedAt } of byEnd) {
    if (startedAt.getTime() < lastEnd) continue
    count += 1
    lastEnd = endedAt.getTime()
  }
  return count
}
