import { askAndShow, command, type Shown } from '../../cli/command.ts'
import { INSTANT, instantIn } from '../../cli/instants.ts'
import { paragraphs } from '../../cli/text.ts'
import type { View } from '../../cli/view.ts'
import { plain } from '../../words/plain.ts'
import { countOf } from '../../words/wording.ts'
import type { Answer } from '../act.ts'
import { caseTable, isDone } from '../case-table.ts'
import type { remove } from './act.ts'

export const REMOVE = command({
  name: 'remove',
  about: 'removes a person, under every rule',
  examples: [
    'remove ada@example.com --because HR-1042',
    'remove ada@example.com --dry-run',
    'remove ada@example.com --effective-at 2026-11-30T17:00:00Z --because HR-1042',
  ],
  operands: { name: 'USERNAME', least: 1, most: 1, field: 'username' },
  options: {
    org: { takes: 'ORG', many: true, about: 'from this organization only', field: 'orgIds' },
    alias: { takes: 'USERNAME', many: true, about: 'another name of the same person', field: 'aliases' },
    'effective-at': { takes: 'WHEN', about: 'not before then' },
    because: { takes: 'WHY', about: 'why; it is recorded', field: 'reason' },
    by: { takes: 'WHO', about: 'your name; default: your local user name' },
    'dry-run': { about: 'only say whether they would be removed' },
  },
  async run(desk, { operands: [username = ''], values }) {
    const { org: orgIds, alias: aliases, because: reason, 'dry-run': dryRun, 'effective-at': at } = values
    const effectiveAt = at === undefined ? undefined : instantIn(at, desk.terminal.now(), 1)
    if (at !== undefined && effectiveAt === undefined)
      return { error: `--effective-at: ${INSTANT}`, status: 2 }
    const where = orgIds ? countOf(orgIds.length, 'organization') : 'every organization'
    const said = dryRun ? undefined : await desk.confirm(`Remove ${plain(username)} from ${where}?`)
    const request = { action: 'remove', username, orgIds, aliases, reason, dryRun, effectiveAt }
    return said ?? (await askAndShow(desk, 'operator', request, showRemoval))
  },
})

const OBSERVING = 'OBSERVE MODE: nobody was removed; the case is held until a human releases it'

function showRemoval({ cases, pending }: Answer<typeof remove>, view: View): Omit<Shown, 'answer'> {
  const observing = cases.some(({ outcome }) => outcome?.kind === 'held' && outcome.reason === 'observing')
  const waiting =
    pending && 'Not every organization has an outcome yet. The work continues: atlas-offboarding cases --open'
  return {
    text: paragraphs(cases.length > 0 && caseTable(cases, view), waiting),
    status: !pending && cases.length > 0 && cases.every(({ outcome }) => isDone(outcome)) ? 0 : 1,
    ...(observing && { warning: OBSERVING }),
  }
}
