import { idFrom } from './member.ts'
import type { SeedOrg } from './org.ts'
import type { SeedProject } from './project.ts'

/** The member who leaves. The database users below have their name, or a similar one. */
export const LEAVER = 'ada@example.com'

/** The database users named after the leaver, in every way that counts. */
export const NAMED = [
  { username: LEAVER },
  { username: 'Ada@Example.com', ldapAuthType: 'USER' },
  { username: `CN=${LEAVER},OU=Engineering,O=Example`, x509Type: 'MANAGED' },
  {
    username: `CN=Ada Byron+1.2.840.113549.1.9.1=${LEAVER},O=Example\\, Inc.`,
    x509Type: 'CUSTOMER',
  },
  { username: `arn:aws:iam::123456789012:user/sales/${LEAVER}`, awsIAMType: 'USER' },
  { username: `arn:aws:iam::123456789012:role/${LEAVER}`, awsIAMType: 'ROLE' },
] as const

/** Database users with a name that is only similar: somebody else's, or no person's. */
export const NEARLY_NAMED = [
  { username: `${LEAVER}.evil.org` },
  { username: 'ada+test@example.com' },
  { username: `CN=${LEAVER}2,OU=Engineering,O=Example`, x509Type: 'MANAGED' },
  { username: `CN=payments,OU=${LEAVER},O=Example`, x509Type: 'CUSTOMER' },
  { username: `arn:aws:iam::123456789012:user/not-${LEAVER}`, awsIAMType: 'USER' },
  { username: `arn:aws:iam::123456789012:user/${LEAVER}/deploy`, awsIAMType: 'USER' },
] as const

/** An organization of thirty projects: three invite the leaver, six hold a database user of that name, six others one of a similar name. */
export function leftoversOrg() {
  const orgId = '6f1d2c3b4a59687786950a1b'
  const [owner, member, reader] = ['owner', 'member', 'reader'].map((use) => ({
    clientId: `mdb_sa_id_${idFrom(orgId, use)}`,
    clientSecret: `mdb_sa_sk_leftovers-${use}_secret`,
  }))
  if (!owner || !member || !reader) throw new Error('Three service accounts were made')
  return {
    orgId,
    name: 'Leftovers',
    serviceAccounts: [
      { ...owner, role: 'ORG_OWNER' },
      { ...member, role: 'ORG_MEMBER' },
      { ...reader, role: 'ORG_READ_ONLY' },
    ],
    /** Sees every project and its database users, but not its invitations. */
    reader,
    members: [
      { username: LEAVER, lastName: 'Byron', roles: { orgRoles: ['ORG_MEMBER'] } },
      { username: 'ada+test@example.com', lastName: 'Byron', roles: { orgRoles: ['ORG_READ_ONLY'] } },
      { username: 'grace@example.com', lastName: 'Hopper', roles: { orgRoles: ['ORG_OWNER'] } },
      { username: 'alan@example.com', lastName: 'Turing', roles: { orgRoles: ['ORG_MEMBER'] } },
    ],
    projects: Array.from({ length: 30 }, (_, index) => projectAt(index)),
  } as const satisfies SeedOrg & { reader: object }
}

const TEAMS = [
  'payments',
  'search',
  'mobile',
  'billing',
  'fraud',
  'ledger',
  'growth',
  'data',
  'support',
  'labs',
]
const STAGES = ['prod', 'staging', 'dev']
const INVITED = '2026-10-30T09:00:00Z'

function projectAt(index: number): SeedProject {
  const name = `${TEAMS[index % TEAMS.length]}-${STAGES[Math.floor(index / TEAMS.length)]}`
  const invites = [
    ...(index % 10 === 3 ? [{ username: LEAVER, createdAt: INVITED }] : []),
    ...(index % 7 === 3 ? [{ username: `${LEAVER}.evil.org`, createdAt: INVITED }] : []),
  ]
  const users = [NAMED[index - 12], NEARLY_NAMED[index - 20]].filter((user) => user !== undefined)
  return { id: idFrom('leftovers project', name), name, invites, databaseUsers: [SERVICE, ...users] }
}

const SERVICE = { username: 'service', description: 'the service itself' }
