/** The ledger's one table: a string key `pk`, four sparse indexes, all attributes projected. `infra/table.yml` says the same. */
export const TABLE_SCHEMA = {
  hashKey: 'pk',
  ttlAttribute: 'expiresAt',
  indexes: [
    { name: 'due', hash: 'dueKey', range: 'dueAt' },
    { name: 'person', hash: 'person', range: 'openedAt' },
    { name: 'closed', hash: 'closedDay', range: 'closedAt' },
    { name: 'outbox', hash: 'outboxKey', range: 'outboxAt' },
  ],
} as const

export type IndexName = (typeof TABLE_SCHEMA.indexes)[number]['name']
