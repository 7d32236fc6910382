/** Something that keeps personal data after the ledger has forgotten it. */
export type StillKept = { readonly where: string; readonly what: string; readonly howLong: string }

/** Where else a departure leaves the person's name, and how long: by the stack's own parameters. README says the same. */
export const STILL_KEPT: readonly StillKept[] = [
  {
    where: 'audit archive in S3, and the EventBridge archive',
    what: 'audit events as published: username, userId, roles, reason',
    howLong: 'AuditDays (default 400) after each event; object lock keeps everybody from deleting earlier',
  },
  {
    where: 'audit log group',
    what: 'the same audit events',
    howLong: 'AuditLogDays (default 400) after each event',
  },
  {
    where: 'queues and their dead-letter queues',
    what: 'the message as the source sent it, if it was not worked off',
    howLong: '14 days after it was sent',
  },
  {
    where: "the ledger's point-in-time backup",
    what: 'the cases as they were',
    howLong: '35 days',
  },
  {
    where: 'the ledger',
    what: 'the name as the key of an item that says nothing any more',
    howLong: 'until DynamoDB deletes it as expired, usually within a few days',
  },
  {
    where: 'alerts and whatever else consumes the audit bus',
    what: 'what was sent there',
    howLong: 'their own retention; not known here',
  },
  {
    where: 'Atlas, and the source of the departure',
    what: 'their own account and events of the person',
    howLong: 'their own retention; not known here',
  },
]
