import { leftoversLine } from '../evidence/words.ts'
import { countOf } from '../words/wording.ts'
import type { Answers } from './answers.ts'
import { leftoversTable } from './show-leftovers.ts'
import { plain } from './text.ts'
import type { Report, View } from './view.ts'

type Leftovers = Answers['leftovers']

/** Tells what outlives a person's membership, organization by organization. Exits 1 if there is any, or somebody could not look. */
export function reportLeftovers({ username, organizations, cases }: Leftovers, view: View): Report {
  const history = cases.map(({ case: id, leftovers }) => `${plain(id)}  ${plain(leftoversLine(leftovers))}`)
  const isClear = organizations.every((one) => one.kind === 'looked' && one.findings.length === 0)
  const text = [
    plain(username),
    ...organizations.map((one) => sectionOf(one, view)),
    history.length > 0
      ? `What its cases came to\n${history.join('\n')}`
      : 'No case has looked for leftovers yet',
  ]
  return { text: text.join('\n\n'), status: isClear ? 0 : 1 }
}

function sectionOf(one: Leftovers['organizations'][number], view: View): string {
  if (one.kind === 'unread') return `Secret ${plain(one.secretId)} cannot be read: ${plain(one.code)}`
  const title = `Organization ${plain(one.orgId)}, ${countOf(one.projects, 'project')}`
  return one.findings.length > 0
    ? `${title}\n${leftoversTable(one.findings, view)}`
    : `${title}: nothing bears this name`
}
