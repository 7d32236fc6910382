import type { SeedMember } from './member.ts'
import { idFrom } from './member.ts'
import type { SeedOrg } from './org.ts'
import type { SeedProject } from './project.ts'

const ORG_ID = '32b6e34b3d91647abb20e7b8'
const PAYMENTS = idFrom('project', 'payments')
const SEARCH = idFrom('project', 'search')
const SANDBOX = idFrom('project', 'sandbox')
const ON_CALL = idFrom('team', 'on-call')

/** An organization with everything that a removal can meet; the same ids on every run. */
export function exampleOrg() {
  return {
    orgId: ORG_ID,
    name: 'Example',
    serviceAccounts: [
      {
        clientId: `mdb_sa_id_${idFrom('owner')}`,
        clientSecret: 'mdb_sa_sk_example-owner_secret',
        role: 'ORG_OWNER',
      },
      {
        clientId: `mdb_sa_id_${idFrom('reader')}`,
        clientSecret: 'mdb_sa_sk_example-reader_secret',
        role: 'ORG_MEMBER',
      },
    ],
    apiKeys: [
      { publicKey: 'ownerkey', privateKey: '00000000-0000-4000-8000-000000000001', role: 'ORG_OWNER' },
      { publicKey: 'readrkey', privateKey: '00000000-0000-4000-8000-000000000002', role: 'ORG_MEMBER' },
    ],
    members: MEMBERS,
    projects: PROJECTS,
  } as const satisfies SeedOrg
}

const MEMBERS: readonly SeedMember[] = [
  {
    username: 'ada@example.com',
    lastName: 'Byron',
    roles: { orgRoles: ['ORG_MEMBER', 'ORG_OWNER'] },
    teamIds: [ON_CALL],
  },
  {
    username: 'grace@example.com',
    lastName: 'Hopper',
    ...inProjects({ [PAYMENTS]: ['GROUP_OWNER'] }),
    teamIds: [ON_CALL],
  },
  {
    username: 'alan@example.com',
    lastName: 'Turing',
    ...inProjects({ [SEARCH]: ['GROUP_DATA_ACCESS_READ_ONLY'] }),
  },
  {
    username: 'katherine@example.com',
    lastName: 'Johnson',
    ...inProjects({ [PAYMENTS]: ['GROUP_READ_ONLY'], [SEARCH]: ['GROUP_OWNER'], [SANDBOX]: ['GROUP_OWNER'] }),
  },
  {
    username: 'ada+test@example.com',
    firstName: 'Ada',
    lastName: 'Byron',
    ...inProjects({ [SANDBOX]: ['GROUP_OWNER'] }),
  },
  { username: 'Barbara@example.com', lastName: 'Liskov', roles: { orgRoles: ['ORG_READ_ONLY'] } },
  {
    username: 'break-glass@example.com',
    firstName: 'Break',
    lastName: 'Glass',
    roles: { orgRoles: ['ORG_OWNER'] },
  },
  {
    username: 'edsger@example.com',
    lastName: 'Dijkstra',
    roles: { orgRoles: ['ORG_MEMBER', 'ORG_BILLING_ADMIN'] },
  },
  {
    username: 'margaret@example.com',
    orgMembershipStatus: 'PENDING',
    ...inProjects({ [SEARCH]: ['GROUP_READ_ONLY'] }),
  },
  {
    username: 'grace+ci@example.com',
    orgMembershipStatus: 'PENDING',
    roles: { orgRoles: ['ORG_READ_ONLY'] },
  },
  { username: 'joan@example.com', orgMembershipStatus: 'INVITATION_EXPIRED' },
  { username: 'dennis@example.com', orgMembershipStatus: 'INVITATION_REJECTED' },
]

const PROJECTS: readonly SeedProject[] = [
  {
    id: PAYMENTS,
    name: 'payments',
    invites: [{ username: 'grace@example.com' }, { username: 'visitor@example.org' }],
    databaseUsers: [
      { username: 'payments-service', description: 'the service itself' },
      { username: 'grace', labels: [{ key: 'owner', value: 'grace@example.com' }] },
      { username: 'arn:aws:iam::123456789012:user/sales/grace', awsIAMType: 'USER' },
      { username: 'arn:aws:iam::123456789012:role/payments', awsIAMType: 'ROLE' },
      { username: 'CN=grace@example.com,OU=Engineering,O=Example', x509Type: 'MANAGED' },
      { username: 'CN=alan@example.com,OU=Engineering,O=Example', x509Type: 'CUSTOMER' },
    ],
  },
  {
    id: SEARCH,
    name: 'search',
    databaseUsers: [
      { username: 'CN=Grace Hopper,OU=Engineering,DC=example,DC=com', ldapAuthType: 'USER' },
      { username: 'CN=Engineering,OU=Groups,DC=example,DC=com', ldapAuthType: 'GROUP' },
      { username: `${idFrom('identity provider')}/engineering`, oidcAuthType: 'IDP_GROUP' },
      { username: `${idFrom('identity provider')}/grace@example.com`, oidcAuthType: 'USER' },
    ],
  },
  { id: SANDBOX, name: 'sandbox' },
]

function inProjects(rolesByProject: Readonly<Record<string, readonly string[]>>) {
  const groupRoleAssignments = Object.entries(rolesByProject).map(([groupId, groupRoles]) => ({
    groupId,
    groupRoles,
  }))
  return { roles: { orgRoles: ['ORG_MEMBER'], groupRoleAssignments } }
}
