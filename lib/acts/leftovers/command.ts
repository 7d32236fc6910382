import { askAndShow, command, type Shown } from '../../cli/command.ts'
import { paragraphs } from '../../cli/text.ts'
import type { View } from '../../cli/view.ts'
import { leftoversLine } from '../../evidence/words.ts'
import { plain } from '../../words/plain.ts'
import { countOf } from '../../words/wording.ts'
import type { Answer } from '../act.ts'
import type { leftovers } from './act.ts'
import { findingsTable } from './findings-table.ts'

type Remaining = Answer<typeof leftovers>

export const LEFTOVERS = command({
  name: 'leftovers',
  about: 'shows what outlives a membership: project invitations and database users; deletes nothing',
  examples: ['leftovers ada@example.com'],
  operands: { name: 'USERNAME', least: 1, most: 1, field: 'username' },
  options: {},
  run: (desk, { operands: [username] }) =>
    askAndShow(desk, 'operator-read', { action: 'leftovers', username }, showRemaining),
})

/** Exits 1 if there is anything, or somebody could not look. */
function showRemaining({ username, organizations, searches }: Remaining, view: View): Omit<Shown, 'answer'> {
  const history = searches.map((search) => `${plain(search.case)}  ${leftoversLine(search)}`)
  const sections = organizations.map((one) => sectionOf(one, view))
  const past =
    history.length > 0
      ? `Searches after cases\n${history.join('\n')}`
      : 'No case has searched for leftovers yet'
  return {
    text: paragraphs(plain(username), ...sections, past),
    status: organizations.every(({ findings }) => findings.length === 0) ? 0 : 1,
  }
}

function sectionOf({ orgId, projects, findings }: Remaining['organizations'][number], view: View): string {
  const title = `Organization ${plain(orgId)}, ${countOf(projects, 'project')}`
  return findings.length > 0
    ? `${title}\n${findingsTable(findings, view)}`
    : `${title}: nothing bears this name`
}
