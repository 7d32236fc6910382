import { isProtected } from '../core/guards.ts'
import type { Organization } from '../core/ports.ts'
import { batchesOf } from '../words/batches.ts'
import type { Case } from '../words/case.ts'
import { usernamesOf } from '../words/departure.ts'
import { hasAccess, type Member } from '../words/member.ts'
import { sameUsername } from '../words/username.ts'
import type { ReaderDeps } from './operator.ts'
import { isRefusal, type Refusal, type Request, readRequest } from './requests.ts'

type Unread = Omit<Extract<Organization, { kind: 'unread' }>, 'kind'>

/**
 * The members of one organization, or some of them, for whoever compares them with a roster: that has 100,000 lines, and stays
 * where it is. One that cannot be read is said to be so, on a page of its own or, without its id, on each.
 */
export type MembersPage = {
  readonly asOf: Date
  /** Secrets that open nothing now: an organization may be missing for each. */
  readonly unread: readonly Unread[]
  /** Absent where no organization can be read at all. */
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
export async function orphans(
  deps: ReaderDeps,
  body: unknown,
  deadline: Date,
): Promise<MembersPage | Refusal> {
  const request = readRequest('orphans', body)
  if (isRefusal(request)) return request

  const asOf = deps.clock.now()
  const until = new Date(deadline.getTime() - RESERVE_MS)
  const asked = await organizationsAsked(deps, request, until)
  if (isRefusal(asked)) return asked
  const { orgIds, unread } = asked
  const [from = '', after = ''] = request.cursor?.split('/') ?? []
  // Its secret may be unread by now, which is said; one that nobody configures any more would be missed silently.
  if (from !== '' && unread.length === 0 && !orgIds.includes(from))
    return { error: '`cursor`: the organizations are others now; begin again' }
  const [orgId, following] = orgIds.filter((id) => id >= from)
  if (orgId === undefined) return { asOf, unread }

  const { organization, last } = await membersOf(deps, orgId, { after: orgId === from ? after : '', until })
  const next = last === undefined ? following : `${orgId}/${last}`
  return { asOf, unread, organization, ...(next !== undefined && { next }) }
}

/** In an order that stays the same from page to page. */
async function organizationsAsked(
  { organizations }: ReaderDeps,
  { orgIds }: Request<'orphans'>,
  until: Date,
): Promise<{ readonly orgIds: readonly string[]; readonly unread: readonly Unread[] } | Refusal> {
  const configured = await organizations.list(until)
  const known = configured.flatMap((one) => (one.kind === 'org' ? [one.orgId] : [])).sort()
  const unread = configured.flatMap(({ secretId, ...one }) =>
    one.kind === 'unread' ? [{ secretId, code: one.code }] : [],
  )
  if (!orgIds) return { orgIds: known, unread }

  const missing = orgIds.find((id) => !known.includes(id))
  if (missing === undefined) return { orgIds: known.filter((id) => orgIds.includes(id)), unread: [] }
  // It may be the organization of a secret that cannot be read.
  return unread.length > 0
    ? { orgIds: known.filter((id) => orgIds.includes(id)), unread }
    : { error: `\`orgIds\`: no secret opens ${missing}` }
}

type From = { readonly after: string; readonly until: Date }

/** @returns `last`: the last userId of this page, if there are more */
async function membersOf({ members, ledger, settings }: ReaderDeps, orgId: string, { after, until }: From) {
  const [everybody, open] = await Promise.all([members.all(orgId, until), ledger.open()])
  if (everybody.kind === 'failure')
    return { organization: { kind: 'unread', orgId, code: everybody.code } as const, last: undefined }

  const views = everybody.members
    .filter(({ status, userId }) => hasAccess(status) && userId > after)
    // By something that never changes, so that `after` means the same on the next page.
    .toSorted((one, other) => (one.userId < other.userId ? -1 : 1))
    .map((member) => viewOf(member, { orgId, settings, open }))
  const [page = []] = batchesOf(views, bytesOf, { count: MOST_MEMBERS, bytes: MOST_BYTES })
  return {
    organization: { kind: 'members', orgId, members: page } as const,
    last: page.length < views.length ? page.at(-1)?.userId : undefined,
  }
}

type Around = {
  readonly orgId: string
  readonly settings: ReaderDeps['settings']
  readonly open: readonly Case[]
}

function viewOf(member: Member, { orgId, settings, open }: Around) {
  const { userId, username, status, orgRoles, projectRoles, teamIds } = member
  const { lastAuthAt, invitationCreatedAt, inviterUsername } = member
  const underWay = open.find((kase) => kase.orgId === orgId && isAbout(kase, username))
  return {
    orgId,
    userId,
    username,
    status,
    orgRoles,
    projects: projectRoles.length,
    teams: teamIds.length,
    lastAuthAt,
    invitationCreatedAt,
    inviterUsername,
    protected: isProtected(username, settings),
    /** A removal of the person that is under way already. */
    underWay: underWay && { case: underWay.id, outcome: underWay.outcome },
  }
}

function isAbout({ departure }: Case, username: string): boolean {
  return !departure.dryRun && usernamesOf(departure).some((name) => sameUsername(name, username))
}

function bytesOf(view: MemberView): number {
  return Buffer.byteLength(JSON.stringify(view)) + 1
}
