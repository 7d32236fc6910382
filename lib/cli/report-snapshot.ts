import type { Answers } from './answers.ts'
import { caseTable } from './show-cases.ts'
import { plain } from './text.ts'
import type { Report, View } from './view.ts'

/** Shows the request that re-invites a person, as it goes over the wire; whoever sends it brings an owner's credential. */
export function reportSnapshot({ case: line, snapshot, request }: Answers['snapshot'], view: View): Report {
  const headers = Object.entries(request.headers).map(([name, value]) => `${name}: ${value}`)
  // JSON escapes what a terminal would act on, so that the body can be copied as it is.
  const body = JSON.stringify(request.body, undefined, 2).replace(/[^\x20-\x7e\n]/g, escaped)
  const text = [
    caseTable([line], view),
    `Found as ${plain(snapshot.username)}, ${snapshot.status}. This request invites them again, with what they held:`,
    [`${request.method} ${request.path}`, ...headers, '', body].join('\n'),
  ]
  const cut = snapshot.truncated && { warning: 'The snapshot holds the first 1000 projects only' }
  return { text: text.join('\n\n'), status: 0, ...cut }
}

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
}
