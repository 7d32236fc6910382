import { type Row, table } from '../cli/table.ts'
import { instant, paragraphs } from '../cli/text.ts'
import { isProtected } from '../core/protected.ts'
import type { Member } from '../words/member.ts'
import { type ReaderDeps, reads } from './act.ts'

type Owner = Pick<Member, 'username' | 'userId' | 'status'> & { readonly isProtected: boolean }
type Owners = { readonly orgId: string } & ({ readonly owners: readonly Owner[] } | { readonly code: string })

/** Lists who owns each organization: an owner can undo every removal, and Atlas keeps the last one. */
export const owners = reads({
  name: 'owners',
  about: 'lists the owners of each organization',
  examples: ['owners'],
  fields: {},
  async does(deps, _request, { deadline }) {
    const asOf = deps.clock.now()
    const { orgIds } = deps.organizations
    return { asOf, orgs: await Promise.all(orgIds.map((orgId) => ownersOf(deps, orgId, deadline))) }
  },
  /** Exits 3 if an organization could not be asked: its owners are missing from the list. */
  show({ asOf, orgs }, { width }) {
    return {
      text: paragraphs(
        `Organization owners, as Atlas answered at ${instant(asOf)}`,
        table(['OWNER', 'ORGANIZATION', 'USER ID', 'STATUS', 'PROTECTED'], orgs.flatMap(rowsOf), width),
      ),
      status: orgs.some((org) => 'code' in org) ? 3 : 0,
    }
  },
})

async function ownersOf(deps: ReaderDeps, orgId: string, deadline: Date): Promise<Owners> {
  const { members, settings } = deps
  const list = await members.all(orgId, deadline)
  if ('reason' in list) return { orgId, code: list.code }
  const found = list.members.filter(({ orgRoles }) => orgRoles.includes('ORG_OWNER'))
  const shown = found.map(({ username, userId, status }) => ({
    ...{ username, userId, status },
    isProtected: isProtected(username, settings.protectedUsernames),
  }))
  return { orgId, owners: shown }
}

function rowsOf(org: Owners): readonly Row[] {
  if ('code' in org) return [{ cells: [`cannot be asked: ${org.code}`, org.orgId] }]
  return org.owners.map((owner) => ({
    cells: [owner.username, org.orgId, owner.userId, owner.status, owner.isProtected ? 'yes' : 'no'],
  }))
}
