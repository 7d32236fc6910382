/** A way out that an alert's words offer: what is typed, one after the other. */
export type Way = readonly string[]

/** Reads the words that stand under `next` in an event: alternatives, each of one or several commands. Remarks are left out. */
export function waysOut(next: string | undefined): readonly Way[] {
  if (next === undefined) return []
  return next
    .replace(/ \(.*?\)/g, '')
    .split(', or ')
    .map((way) => way.split(', then '))
}

/** The commands that a table shows below a case or an organization. */
export function shownSteps(output: string): readonly string[] {
  return [...output.matchAll(/next: atlas-offboarding (.+)/g)].map(([, command = '']) => command)
}
