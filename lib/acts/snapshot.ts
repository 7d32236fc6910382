import { jsonOf, paragraphs } from '../cli/text.ts'
import { rowOf } from '../evidence/rows.ts'
import type { CaseState } from '../words/case.ts'
import { plain } from '../words/plain.ts'
import { reinvitationOf } from '../words/reinvitation.ts'
import { reads } from './act.ts'
import { caseTable } from './case-table.ts'
import { CASE } from './fields.ts'

/** Shows what a person held when they were found, and the request that gives it back, for whoever has an owner's credential. */
export const snapshot = reads({
  name: 'snapshot',
  about: 'shows what a removed person held, and the request to Atlas that gives it back',
  examples: ['snapshot c-0123456789abcdef0123'],
  fields: { case: CASE },
  async does({ ledger }, { case: id }) {
    const kase = await ledger.read<CaseState>('case', id)
    if (!kase) return { error: `\`case\`: there is no case ${id}` }
    const { snapshot: held, forgottenAt, orgId } = kase.state
    if (forgottenAt) return { error: '`case`: the person was forgotten; nobody knows any more who it was' }
    if (!held) return { error: '`case`: there is no snapshot, because nobody was found under that name' }
    return { case: rowOf(kase), snapshot: held, request: reinvitationOf(orgId, held) }
  },
  show(
    { case: row, snapshot: { username, status, truncated }, request: { method, path, headers, body } },
    view,
  ) {
    const found = `Found as ${plain(username)}, ${status}. This request invites them again, with what they held:`
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`)
    return {
      text: paragraphs(
        caseTable([row], view),
        found,
        [`${method} ${path}`, ...lines, '', jsonOf(body)].join('\n'),
      ),
      status: 0,
      warning: truncated ? 'The snapshot holds the first 1000 projects only' : undefined,
    }
  },
})
