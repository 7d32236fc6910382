import type { Lookup, Organization } from '../core/ports.ts'
import type { ReaderDeps } from './operator.ts'
import { isRefusal, type Refusal, readRequest } from './requests.ts'
import { type CaseView, viewOf } from './views.ts'

type Membership = { readonly orgId: string } & Lookup
type Answer = {
  readonly username: string
  readonly memberships: readonly (Membership | Extract<Organization, { kind: 'unread' }>)[]
  readonly cases: readonly CaseView[]
}

/** Tells who bears a username in each organization, with roles and teams, and every case there ever was of them. */
export async function lookup(deps: ReaderDeps, request: unknown, deadline: Date): Promise<Answer | Refusal> {
  const read = readRequest('lookup', request)
  if (isRefusal(read)) return read

  const { username } = read
  const organizations = await deps.organizations.list(deadline)
  const [memberships, cases] = await Promise.all([
    Promise.all(
      organizations.map(async (one) => {
        if (one.kind === 'unread') return one
        return { orgId: one.orgId, ...(await deps.members.find(one.orgId, [username], deadline)) }
      }),
    ),
    deps.ledger.ofPerson(username),
  ])
  return { username, memberships, cases: cases.map(viewOf) }
}
