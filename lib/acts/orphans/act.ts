import { isProtected } from '../../core/protected.ts'
import { batchesOf } from '../../words/batches.ts'
import type { Case, CaseState } from '../../words/case.ts'
import { hasAccess, type Member } from '../../words/member.ts'
import { asciiLowerCase } from '../../words/username.ts'
import { actOf, type Invocation, type ReaderDeps, type Refusal } from '../act.ts'
import { openCases } from '../change-cases.ts'
import { MEMBER_CURSOR, ORGS } from '../fields.ts'
import { unknownOrg } from '../organizations.ts'

/** A membership, with what a human decides by. */
export type Membership = ReturnType<typeof viewOf>

/**
 * The members of one organization, or some of them. The command compares them with the roster, which may have 100,000 lines and is not
 * sent. An organization that cannot be read has a page of its own that says so.
 */
export type MembersPage = {
  readonly asOf: Date
  readonly members: readonly Membership[]
  readonly notRead?: { readonly orgId: string; readonly code: string }
  /** `cursor` of the next page; absent on the last one. */
  readonly next?: string
}

/** Lambda answers no more than 6 MB. */
const LIMITS = { count: 10_000, bytes: 4_000_000 }

/** Tells who has access, or is invited to it, organization by organization. Ended invitations give none and are left out. */
export const orphans = actOf({
  name: 'orphans',
  fields: { orgIds: ORGS, cursor: MEMBER_CURSOR },
  async does(deps: ReaderDeps, { orgIds, cursor }, { deadline }: Invocation): Promise<MembersPage | Refusal> {
    const { orgIds: configured } = deps.organizations
    const refused = orgIds?.map((id) => unknownOrg(deps.organizations, id, 'orgIds')).find(Boolean)
    if (refused) return refused
    // In an order that stays the same from page to page.
    const wanted = configured.filter((id) => !orgIds || orgIds.includes(id)).sort()
    const [from = '', after = ''] = cursor?.split('/') ?? []
    if (from !== '' && !wanted.includes(from))
      return { error: '`cursor`: the organizations are others now; begin again' }

    const asOf = deps.clock.now()
    const [orgId, following] = wanted.filter((id) => id >= from)
    if (orgId === undefined) return { asOf, members: [] }
    const everybody = await deps.members.all(orgId, deadline)
    const onward = following !== undefined && { next: following }
    if (everybody.kind === 'failure')
      return { asOf, members: [], notRead: { orgId, code: everybody.code }, ...onward }
    const wantedMembers = everybody.members
      .filter(({ status, userId }) => hasAccess(status) && userId > after)
      // By something that never changes, so that `after` means the same on the next page.
      .toSorted((one, other) => (one.userId < other.userId ? -1 : 1))
    const page = wantedMembers.slice(0, LIMITS.count)
    const underWay = await removalsUnderWay(deps, orgId, page)
    const views = page.map((member) => viewOf(member, orgId, deps, underWay(member)))
    const [members = []] = batchesOf(views, bytesOf, LIMITS)
    const isCut = members.length < wantedMembers.length
    return { asOf, members, ...(isCut ? { next: `${orgId}/${members.at(-1)?.userId}` } : onward) }
  },
})

/** Finds the open cases of members of an organization, by every name of their person. */
async function removalsUnderWay(
  { ledger }: ReaderDeps,
  orgId: string,
  members: readonly Member[],
): Promise<(member: Member) => Case | undefined> {
  const wanted = new Set(members.map(({ username }) => asciiLowerCase(username)))
  const idOf = new Map<string, string>()
  for await (const kase of openCases(ledger)) {
    if (kase.orgId !== orgId || kase.isDryRun) continue
    for (const name of kase.usernames.map(asciiLowerCase)) if (wanted.has(name)) idOf.set(name, kase.id)
  }
  const cases = await ledger.readMany<CaseState>('case', [...new Set(idOf.values())])
  const open = new Map(cases.filter(({ closedAt }) => !closedAt).map((kase) => [kase.id, kase]))
  return ({ username }) => open.get(idOf.get(asciiLowerCase(username)) ?? '')
}

function viewOf(member: Member, orgId: string, { settings }: ReaderDeps, underWay: Case | undefined) {
  const { projectRoles, teamIds, ...rest } = member
  return {
    ...{ orgId, ...rest, projects: projectRoles.length, teams: teamIds.length },
    protected: isProtected(member.username, settings.protectedUsernames),
    /** A removal of the person that is under way already. */
    underWay: underWay && { case: underWay.id, outcome: underWay.state.outcome },
  }
}

function bytesOf(view: Membership): number {
  return Buffer.byteLength(JSON.stringify(view)) + 1
}
