import { jsonOf, paragraphs } from '../cli/text.ts'
import { rowOf } from '../evidence/rows.ts'
import type { CaseState } from '../words/case.ts'
import type { MembershipStatus, Snapshot } from '../words/member.ts'
import { plain } from '../words/plain.ts'
import { reinvitationOf } from '../words/reinvitation.ts'
import { type ReaderDeps, reads } from './act.ts'
import { caseTable } from './case-table.ts'
import { CASE } from './fields.ts'

/** Shows what a person held when they were found, and the request that gives it back; once they are back, it says so. */
export const restore = reads({
  name: 'restore',
  about: 'shows what a removed person held and the request that gives it back; then, whether they are back',
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
  show({ case: row, snapshot, request, now }, view) {
    const { username, status, truncated } = snapshot
    const isOwner = snapshot.orgRoles.includes('ORG_OWNER')
    const found = `Found as ${plain(username)}, ${status}. An Organization Owner invites them again, with what they held:`
    const warnings = [
      isOwner && 'ORG_OWNER is among their roles: take it out unless they are to remove anybody again',
      truncated && 'The snapshot is cut: it holds the first 500 project roles and 1,000 teams',
    ]
    const isBack = 'status' in now
    const steps = isBack ? [] : [found, TOKEN, ...stepsOf(row.orgId, request), thenLines(row.case, now)]
    return {
      text: paragraphs(
        caseTable([row], view),
        isBack && `In Atlas now: ${now.status}${now.status === 'PENDING' ? ', until they accept' : ''}`,
        ...steps,
      ),
      status: 0,
      warning: isBack ? undefined : warnings.filter(Boolean).join('. ') || undefined,
    }
  },
})

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

const CLOUD = 'https://cloud.mongodb.com'
const ATLAS = `\${ATLAS:-${CLOUD}}`

/** The body goes through a file, whose text no shell reads: a username may hold a quote. */
function stepsOf(orgId: string, { path, headers, body }: ReturnType<typeof reinvitationOf>) {
  const lines = Object.entries(headers).map(([name, value]) => `  --header '${name}: ${value}' \\`)
  return [
    `cat > person.json <<'JSON'\n${jsonOf(body)}\nJSON`,
    [
      'curl --fail-with-body --data @person.json \\',
      '  --header "Authorization: Bearer $TOKEN" \\',
      ...lines,
      `  "${ATLAS}${path}"`,
    ].join('\n'),
    `or: atlas api mongoDbCloudUsers createOrgUser --orgId ${orgId} --version 2025-02-19 --file person.json`,
  ]
}

/** curl asks for the secret, so that neither the history nor the process list shows it. */
const TOKEN = [
  "$TOKEN is the access token of an owner's service account; curl asks for its secret:",
  `TOKEN=$(curl --fail --user CLIENT_ID --data grant_type=client_credentials "${ATLAS}/api/oauth/token" | jq -r .access_token)`,
].join('\n')

function thenLines(id: string, now: Now): string {
  const asked = 'code' in now ? `Whether they are back already is not known: ${now.code}.\n` : ''
  return `${asked}Then see that they are back:\nnext: atlas-offboarding restore ${id}`
}
