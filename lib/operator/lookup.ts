import * as z from 'zod/mini'
import { problemOf, Username } from '../intake/fields.ts'
import type { Lookup, Organization } from '../ports.ts'
import { type CaseView, type ReaderDeps, type Refusal, viewOf } from './operator.ts'

type Membership = { readonly orgId: string } & Lookup
type Answer = {
  readonly username: string
  readonly memberships: readonly (Membership | Extract<Organization, { kind: 'unread' }>)[]
  readonly cases: readonly CaseView[]
}

const Request = z.object({ username: Username })

/** Tells who bears a username in each organization, with roles and teams, and every case there ever was of them. */
export async function lookup(deps: ReaderDeps, request: unknown, deadline: Date): Promise<Answer | Refusal> {
  const parsed = Request.safeParse(request)
  if (!parsed.success) return { error: problemOf(parsed.error) }

  const { username } = parsed.data
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
