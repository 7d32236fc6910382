/** What an index copies of a record. Not its outbox, so that publishing does not rewrite three indexes. */
const RECORD = ['version', 'writeId', 'body'] as const

/** What an open task waits for. The sweep of every minute reads nothing else. */
export const WAIT = 'waits'

/**
 * What the uid of an effect that opens a task begins with. Such effects are an attribute of their own, `opens`, which the sweep's role
 * may not write: whoever takes over the sweep can open no case.
 */
export const OPENS = 'open/'

/** The ledger's one table: a string key `pk`, four sparse indexes. `infra/table.yml` says the same. */
export const TABLE_SCHEMA = {
  hashKey: 'pk',
  ttlAttribute: 'expiresAt',
  indexes: [
    { name: 'due', hash: 'dueKey', range: 'dueAt', attributes: [...RECORD, WAIT] },
    { name: 'person', hash: 'person', range: 'openedAt', attributes: RECORD },
    { name: 'closed', hash: 'closedDay', range: 'closedAt', attributes: RECORD },
    { name: 'outbox', hash: 'outboxKey', range: 'outboxAt', attributes: 'all' },
  ],
} as const

export type IndexName = (typeof TABLE_SCHEMA.indexes)[number]['name']
