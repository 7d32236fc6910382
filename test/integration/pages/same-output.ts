/** Which name of a run stands for which name of a page, found out as they appear. */
export type SameNames = {
  /** Puts a run's names in the place of a page's. */
  actual(text: string): string
  /** @returns whether both can be names of the same thing */
  isSame(shown: string, actual: string): boolean
}

const CASE = /\bc-[a-f0-9]{20}\b/g
const OTHERS: readonly (readonly [RegExp, string])[] = [
  [/\b[a-f0-9]{8}(-[a-f0-9]{4}){3}-[a-f0-9]{12}\b/g, 'UUID'],
  [/\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d{3})?Z?/g, 'INSTANT'],
  // The instant in the uid of an event that belongs to no case.
  [/(?<=\/\d+\/)\d{13}\b/g, 'INSTANT'],
  // How long something took: alone, or right-aligned before a step.
  [/ *\b(?:less than )?\d+ (d|h|min|s|ms)\b( \d+ (h|min|s|ms)\b)*/g, ' SPAN'],
]

export function sameNames(): SameNames {
  const names = new Map<string, string>()
  return {
    actual: (text) => text.replace(CASE, (name) => names.get(name) ?? name),
    isSame(shown, actual) {
      if (!names.has(shown)) names.set(shown, actual)
      return names.get(shown) === actual
    },
  }
}

/**
 * Compares what a page shows with what came out, but for names of cases, request ids, instants and spans of time. A line `…` of the
 * page stands for any number of lines.
 *
 * @returns the first line of the page that did not come out
 */
export function firstDifference(
  shown: readonly string[],
  actual: readonly string[],
  names: SameNames = sameNames(),
): string | undefined {
  let next = 0
  let skips = false
  for (const line of shown) {
    if (line === '…') {
      skips = true
      continue
    }
    const found = actual.findIndex(
      (one, index) => index >= next && (skips || index === next) && isSame(line, one, names),
    )
    if (found < 0) return `expected "${line}", came out "${actual[next]}"`
    next = found + 1
    skips = false
  }
  return skips || next === actual.length ? undefined : `the page leaves out "${actual[next]}"`
}

function isSame(shown: string, actual: string, names: SameNames): boolean {
  if (alike(shown) !== alike(actual)) return false
  const others = actual.match(CASE) ?? []
  return (shown.match(CASE) ?? []).every((name, index) => names.isSame(name, others[index] ?? ''))
}

function alike(line: string): string {
  return [[CASE, 'CASE'] as const, ...OTHERS].reduce(
    (text, [pattern, name]) => text.replace(pattern, name),
    line.trimEnd(),
  )
}
