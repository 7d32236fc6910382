import { type Desk, isFailed, type Shown, type View } from '../cli/command.ts'
import { jsonOf, paragraphs } from '../cli/text.ts'
import { followUp } from '../core/runner.ts'
import { type CaseRow, rowOf } from '../evidence/rows.ts'
import { noticeDraft } from '../words/audit-event.ts'
import type { CaseState } from '../words/case.ts'
import type { MembershipStatus, Snapshot } from '../words/member.ts'
import { plain } from '../words/plain.ts'
import { reinvitationOf } from '../words/reinvitation.ts'
import { actOf, type Invocation, type OperatorDeps, type ReaderDeps, reads } from './act.ts'
import { caseTable } from './case-table.ts'
import { CASE, CLAIM, wordOf } from './fields.ts'
import { isOwnCase } from './own-case.ts'

/** Shows what a person held when they were found, and the request that gives it back; once they are back, it records that. */
export const restore = reads({
  name: 'restore',
  about: 'shows the request that gives a removed person back what they held; then records that they are back',
  examples: ['restore c-0123456789abcdef0123'],
  fields: { case: CASE },
  async does(deps, { case: id }, { deadline }) {
    const kase = await deps.ledger.read<CaseState>('case', id)
    if (!kase) return { error: `\`case\`: there is no case ${id}` }
    const { snapshot: held, forgottenAt, orgId } = kase.state
    if (forgottenAt) return { error: '`case`: the person was forgotten; nobody knows any more who it was' }
    if (!held) return { error: '`case`: there is no snapshot, because nobody was found under that name' }
    const now = await membershipNow(deps, orgId, held, deadline)
    return { case: rowOf(kase), snapshot: held, request: reinvitationOf(orgId, held), now }
  },
  async run(desk, { case: id }) {
    const answer = await desk.ask<Restoration>('operator-read', { action: 'restore', case: id })
    if (isFailed(answer)) return answer
    return { answer, ...shown(answer, await recorded(desk, answer), desk.view()) }
  },
})

/** Records that somebody found a removed person in Atlas again. The `restore` command requests it by itself. */
export const noteRestored = actOf({
  name: 'restored',
  fields: { case: CASE, ...CLAIM },
  async does({ ledger, ...deps }: OperatorDeps, { case: id, ...claim }, invocation: Invocation) {
    const kase = await ledger.read<CaseState>('case', id)
    const { outcome, departure, snapshot, orgId, forgottenAt } = kase?.state ?? {}
    if (!kase?.closedAt || outcome?.kind !== 'removed' || forgottenAt || !departure)
      return { error: '`case`: only who was removed, and not forgotten, can be restored' }
    const decision = { ...wordOf({ ledger, ...deps }, claim, invocation), act: 'restore' as const }
    if (isOwnCase(decision, kase.state))
      return { error: '`case`: nobody decides about themselves; ask a colleague' }
    if (kase.decisions.some(({ act }) => act === 'restore')) return { recorded: true }
    const { at, because, requestId } = decision
    const draft = noticeDraft({
      ...{ name: 'restored', at, orgId, caseId: id, correlationUid: departure.id, actor: decision },
      user: { name: departure.username, ...(snapshot && { uid: snapshot.userId }) },
      unmapped: { because, request_id: requestId },
    })
    const state = { ...kase.state, seenAgainAt: kase.state.seenAgainAt ?? at }
    const decisions = [...kase.decisions, decision]
    const committed = await ledger.commit(kase, { state, decisions, drafts: [draft] })
    if (!committed) return { error: '`case`: somebody else changed it at the same time; try again' }
    await followUp({ ledger, ...deps }, committed)
    return { recorded: true }
  },
})

type Restoration = {
  readonly case: CaseRow
  readonly snapshot: Snapshot
  readonly request: ReturnType<typeof reinvitationOf>
  readonly now: Now
}

/** Records it if the person is back. @returns the line to show about that */
async function recorded(desk: Desk, { case: row, now }: Restoration): Promise<string | undefined> {
  if (!('status' in now) || row.outcome?.kind !== 'removed') return undefined
  const because = `Atlas shows them as ${now.status}`
  const noted = await desk.ask('operator', { action: 'restored', case: row.case, because })
  return isFailed(noted) ? `Not recorded as restored: ${noted.error}` : 'Recorded as restored.'
}

function shown(
  { case: row, snapshot, request, now }: Restoration,
  noted: string | undefined,
  view: View,
): Shown {
  const { username, status, truncated } = snapshot
  const isOwner = snapshot.orgRoles.includes('ORG_OWNER')
  const found = `Found as ${plain(username)}, ${status}. An Organization Owner invites them again, with what they held.`
  const warnings = [
    isOwner && 'ORG_OWNER is among their roles: take it out unless they are to remove anybody again',
    truncated && 'The snapshot is cut: it holds the first 500 project roles and 1,000 teams',
  ]
  const isBack = 'status' in now
  const asked = 'code' in now && `Whether they are back already is not known: ${now.code}.`
  const steps = isBack ? [] : [found, asked, ...stepsOf(row, request)]
  return {
    text: paragraphs(
      caseTable([row], view),
      isBack && `In Atlas now: ${now.status}${now.status === 'PENDING' ? ', until they accept' : ''}`,
      noted,
      ...steps,
      nextDeparture(row),
    ),
    status: 0,
    warning: isBack ? undefined : warnings.filter(Boolean).join('. ') || undefined,
  }
}

/** A restored person is removed again by the next departure of a source that still calls them gone. */
function nextDeparture({ source }: CaseRow): string {
  return `The same message again changes nothing. A departure from before they are back is held (rejoined).\nA later one removes them again: report them as back at its source, ${plain(source)}.`
}

type Now = { readonly status: MembershipStatus } | { readonly absent: true } | { readonly code: string }

async function membershipNow(
  { members }: ReaderDeps,
  orgId: string,
  { username }: Snapshot,
  deadline: Date,
): Promise<Now> {
  const found = await members.find(orgId, [username], deadline, true)
  switch (found.kind) {
    case 'found':
      return { status: found.member.status }
    case 'none':
      return { absent: true }
    case 'several':
      return { code: 'SEVERAL_MEMBERS' }
    case 'failure':
      return { code: found.code }
  }
}

const ATLAS = `\${ATLAS:-https://cloud.mongodb.com}`

/** One command to paste. A quoted here-document is text that no shell reads: a username may hold a quote. */
function stepsOf({ case: id, orgId }: CaseRow, { path, headers, body }: Restoration['request']) {
  const lines = Object.entries(headers).map(([name, value]) => `  --header '${name}: ${value}' \\`)
  return [
    "Paste this with the CLIENT_ID of an owner's service account. curl asks for its secret:",
    [
      `TOKEN=$(curl -sS --fail --user CLIENT_ID --data grant_type=client_credentials "${ATLAS}/api/oauth/token" |`,
      "  node -pe 'JSON.parse(fs.readFileSync(0)).access_token') &&",
      "curl -sS --fail-with-body --data @- <<'JSON' \\",
      '  --header "Authorization: Bearer $TOKEN" \\',
      ...lines,
      `  "${ATLAS}${path}" && echo && \\`,
      `  atlas-offboarding restore ${id}`,
      `${jsonOf(body)}\nJSON`,
    ].join('\n'),
    `With the Atlas CLI, put the lines between the two JSON into person.json:\nor: atlas api mongoDbCloudUsers createOrgUser --orgId ${orgId} --version 2025-02-19 --file person.json`,
  ]
}
