import { type Cell, csvOf } from '../../evidence/csv-cells.ts'
import type { Unlisted } from '../../people/orphans.ts'
import type { Membership, OrphanList } from './list.ts'

const COLUMNS: Readonly<Record<string, (one: Unlisted<Membership>) => Cell>> = {
  username: (one) => one.username,
  org_id: (one) => one.orgId,
  user_id: (one) => one.userId,
  status: (one) => one.status,
  org_roles: (one) => one.orgRoles.join(' '),
  projects: (one) => one.projects,
  teams: (one) => one.teams,
  last_login_at: (one) => one.lastAuthAt,
  invited_at: (one) => one.invitationCreatedAt,
  invited_by: (one) => one.inviterUsername,
  similar_on_roster: (one) => one.similar.join(' '),
  open_case: (one) => one.underWay?.case,
}

/** Writes the list as CSV, one membership a line; an organization that was not read has a line of its own. */
export function orphansCsv({ orphans, nearMatches, protected: kept, notRead }: OrphanList): string {
  const row = (finding: string) => (one: Unlisted<Membership>) => [
    finding,
    ...Object.values(COLUMNS).map((column) => column(one)),
  ]
  return csvOf([
    ['finding', ...Object.keys(COLUMNS)],
    ...orphans.map(row('orphan')),
    ...nearMatches.map(row('near_match')),
    ...kept.map(row('protected')),
    ...notRead.map(({ orgId, code }) => ['not_read', undefined, orgId, undefined, code]),
  ])
}
