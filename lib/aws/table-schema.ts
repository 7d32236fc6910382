/** The ledger's one table: a string key `pk`, sparse indexes, all attributes projected. `infra/table.yml` says the same. */
export const TABLE_SCHEMA = {
  hashKey: 'pk',
  ttlAttribute: 'expiresAt',
  indexes: [
    { name: 'open', hash: 'openKey', range: 'receivedAt' },
    { name: 'due', hash: 'dueKey', range: 'nextAttemptAt' },
    { name: 'unpublished', hash: 'unpublishedKey', range: 'unpublishedAt' },
    { name: 'person', hash: 'person', range: 'receivedAt' },
    { name: 'received', hash: 'receivedDay', range: 'receivedAt' },
    { name: 'closed', hash: 'closedDay', range: 'closedAt' },
  ],
} as const
