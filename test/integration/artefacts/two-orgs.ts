import { exampleOrg } from '../../../infra/local/atlas/example-org.ts'
import { idFrom } from '../../../infra/local/atlas/member.ts'
import type { SeedOrg } from '../../../infra/local/atlas/org.ts'
import { OTHER_ORG } from '../../support/cases.ts'

/** The example organization and another with the same people in it, each with credentials of its own. */
export function twoOrgs(): readonly SeedOrg[] {
  const { projects: _, ...example } = exampleOrg()
  const serviceAccounts = example.serviceAccounts.map(({ role }) => ({
    clientId: `mdb_sa_id_${idFrom('other', role)}`,
    clientSecret: `mdb_sa_sk_other-${role}_secret`,
    role,
  }))
  return [exampleOrg(), { ...example, orgId: OTHER_ORG, name: 'Other', serviceAccounts, apiKeys: [] }]
}
