import * as z from 'zod/mini'
import { isProtected } from '../../core/protected.ts'
import { batchesOf } from '../../words/batches.ts'
import type { Case } from '../../words/case.ts'
import { usernamesOf } from '../../words/departure.ts'
import { hasAccess, type Member } from '../../words/member.ts'
import { asciiLowerCase } from '../../words/username.ts'
import { type Asking, act, type ReaderDeps, type Refusal } from '../act.ts'
import { MemberCursor, OrgIds } from '../fields.ts'
import { isCase } from '../kinds.ts'
import { unknownOrg } from '../organizations.ts'

/**
 * The members of one organization, or some of them, for whoever compares them with a roster: that has 100,000 lines, and stays where
 * it is. An organization that cannot be read has a page of its own that says so.
 */
export type MembersPage = {
  readonly asOf: Date
  readonly organization?:
    | { readonly kind: 'members'; readonly orgId: string; readonly members: readonly MemberView[] }
    | { readonly kind: 'unread'; readonly orgId: string; readonly code: string }
  /** `cursor` of the next page; absent on the last one. */
  readonly next?: string
}

type MemberView = ReturnType<typeof viewOf>

/** Lambda answers no more than 6 MB. */
const MOST_BYTES = 4_000_000
const MOST_MEMBERS = 10_000
/** Kept for the answer itself. */
const RESERVE_MS = 2_000

/** Tells who has access, or is invited to it, organization by organization. Ended invitations give none and are left out. */
export const orphans = act(
  { orgIds: z.optional(OrgIds), cursor: z.optional(MemberCursor) },
  async (deps: ReaderDeps, { orgIds, cursor }, { deadline }: Asking): Promise<MembersPage | Refusal> => {
    const { orgIds: configured } = deps.organizations
    const wrong = orgIds?.map((id) => unknownOrg(deps.organizations, id, 'orgIds')).find(Boolean)
    if (wrong) return wrong
    // In an order that stays the same from page to page.
    const wanted = configured.filter((id) => !orgIds || orgIds.includes(id)).sort()
    const [from = '', after = ''] = cursor?.split('/') ?? []
    if (from !== '' && !wanted.includes(from))
      return { error: '`cursor`: the organizations are others now; begin again' }

    const asOf = deps.clock.now()
    const [orgId, following] = wanted.filter((id) => id >= from)
    if (orgId === undefined) return { asOf }
    const until = new Date(deadline.getTime() - RESERVE_MS)
    const { organization, last } = await membersOf(deps, orgId, { after, until })
    const next = last === undefined ? following : `${orgId}/${last}`
    return { asOf, organization, ...(next !== undefined && { next }) }
  },
)

type From = { readonly after: string; readonly until: Date }

/** @returns `last`: the last userId of this page, if there are more */
async function membersOf(deps: ReaderDeps, orgId: string, { after, until }: From) {
  const [everybody, underWay] = await Promise.all([
    deps.members.all(orgId, until),
    removalsUnderWay(deps, orgId),
  ])
  if (everybody.kind === 'failure')
    return { organization: { kind: 'unread', orgId, code: everybody.code } as const, last: undefined }

  const views = everybody.members
    .filter(({ status, userId }) => hasAccess(status) && userId > after)
    // By something that never changes, so that `after` means the same on the next page.
    .toSorted((one, other) => (one.userId < other.userId ? -1 : 1))
    .map((member) => viewOf(member, orgId, deps, underWay.get(asciiLowerCase(member.username))))
  const [page = []] = batchesOf(views, bytesOf, { count: MOST_MEMBERS, bytes: MOST_BYTES })
  return {
    organization: { kind: 'members', orgId, members: page } as const,
    last: page.length < views.length ? page.at(-1)?.userId : undefined,
  }
}

/** The open cases of an organization, by every name of their person. */
async function removalsUnderWay({ ledger }: ReaderDeps, orgId: string): Promise<ReadonlyMap<string, Case>> {
  const byName = new Map<string, Case>()
  for await (const page of ledger.open('case'))
    for (const kase of page.filter(isCase)) {
      if (kase.state.orgId !== orgId || kase.state.departure.dryRun) continue
      for (const name of usernamesOf(kase.state.departure)) byName.set(asciiLowerCase(name), kase)
    }
  return byName
}

function viewOf(member: Member, orgId: string, { settings }: ReaderDeps, underWay: Case | undefined) {
  const { userId, username, status, orgRoles, projectRoles, teamIds } = member
  const { lastAuthAt, invitationCreatedAt, inviterUsername } = member
  return {
    ...{ orgId, userId, username, status, orgRoles },
    projects: projectRoles.length,
    teams: teamIds.length,
    ...{ lastAuthAt, invitationCreatedAt, inviterUsername },
    protected: isProtected(username, settings.protectedUsernames),
    /** A removal of the person that is under way already. */
    underWay: underWay && { case: underWay.id, outcome: underWay.state.outcome },
  }
}

function bytesOf(view: MemberView): number {
  return Buffer.byteLength(JSON.stringify(view)) + 1
}
