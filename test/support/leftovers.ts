import type { AtlasProject } from './in-memory-atlas.ts'

const LEAVER = 'ada@example.com'

/** The id of the nth project or invitation. */
export function hexId(prefix: string, index: number): string {
  return `${prefix}${index.toString(16)}`.padStart(24, '0')
}

/** Six database users that bear Ada's name, in every way that counts. */
export const NAMED = [
  { username: LEAVER },
  { username: 'ADA@Example.com', databaseName: '$external', ldapAuthType: 'USER' },
  { username: `CN=${LEAVER},OU=Engineering,O=Example`, databaseName: '$external', x509Type: 'MANAGED' },
  {
    username: `CN=Ada Byron+1.2.840.113549.1.9.1=${LEAVER},O=Example\\, Inc.`,
    databaseName: '$external',
    x509Type: 'CUSTOMER',
  },
  {
    username: `arn:aws:iam::123456789012:user/sales/${LEAVER}`,
    databaseName: '$external',
    awsIAMType: 'USER',
  },
  { username: `arn:aws:iam::123456789012:role/${LEAVER}`, databaseName: '$external', awsIAMType: 'ROLE' },
] as const

/** Six that nearly do. */
export const NEARLY_NAMED = [
  { username: `${LEAVER}.evil.org` },
  { username: 'ada+test@example.com' },
  { username: `CN=${LEAVER}2,OU=Engineering,O=Example`, databaseName: '$external', x509Type: 'MANAGED' },
  { username: `CN=Payments,OU=${LEAVER},O=Example`, databaseName: '$external', x509Type: 'CUSTOMER' },
  {
    username: `arn:aws:iam::123456789012:user/not-${LEAVER}`,
    databaseName: '$external',
    awsIAMType: 'USER',
  },
  {
    username: `arn:aws:iam::123456789012:user/${LEAVER}/deploy`,
    databaseName: '$external',
    awsIAMType: 'USER',
  },
] as const

/** Thirty projects: three of them invite Ada, six hold a database user of her name, six others one that is nearly hers. */
export function thirtyProjects(invitedAt: Date): AtlasProject[] {
  return Array.from({ length: 30 }, (_, index) => ({
    id: hexId('a', index),
    name: `project ${index}`,
    invites: [
      ...(index % 10 === 3 ? [{ id: hexId('e', index), username: LEAVER, createdAt: invitedAt }] : []),
      ...(index % 7 === 3
        ? [{ id: hexId('f', index), username: 'visitor@example.org', createdAt: invitedAt }]
        : []),
    ],
    databaseUsers: [NAMED[index - 12], NEARLY_NAMED[index - 20]].filter((user) => user !== undefined),
  }))
}
