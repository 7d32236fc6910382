import { expect, test } from 'vitest'
import type { Task } from '../../../lib/words/task.ts'
import { type Wait, waitOf } from '../../../lib/words/wait.ts'
import { activeMember, later, ORG, openedCase } from '../../support/cases.ts'

const OPENED_AT = later(1_000)
/** What a case without anything special says. */
const PLAIN: Wait = {
  ...{ wait: 'new', since: OPENED_AT, orgId: ORG, usernames: ['ada@example.com'], source: 'okta' },
}
const DEFERRED = { kind: 'deferred', code: 'HTTP_503', nextAttemptAt: later(9_000) } as const

test.each<[string, () => Task, Partial<Wait>]>([
  ['before the first outcome', () => openedCase(), {}],
  ['that is retried by itself', () => openedCase({ outcome: DEFERRED }), { wait: 'deferred' }],
  [
    'that is held, and why',
    () => openedCase({ outcome: { kind: 'held', reason: 'paused' } }),
    { wait: 'held', reason: 'paused' },
  ],
  [
    'that is refused, and why',
    () => openedCase({ outcome: { kind: 'refused', reason: 'last_owner' } }),
    { wait: 'refused', reason: 'last_owner' },
  ],
  [
    'from its opening, if they should have left before',
    () => openedCase({}, { effectiveAt: later(999) }),
    {},
  ],
  [
    'from the leaving date, if that is later',
    () => openedCase({}, { effectiveAt: later(1_001) }),
    { since: later(1_001) },
  ],
  [
    'of somebody with other names, each once',
    () =>
      openedCase(
        { snapshot: activeMember({ username: 'Ada@example.com' }) },
        { aliases: ['ada@example.org', 'ada@example.com'] },
      ),
    { usernames: ['ada@example.com', 'ada@example.org', 'Ada@example.com'] },
  ],
  ['of another source', () => openedCase({}, { source: 'scim/okta' }), { source: 'scim/okta' }],
  ['that removes nobody', () => openedCase({}, { dryRun: true }), { isDryRun: true }],
  ['that is said to be no dry run', () => openedCase({}, { dryRun: false }), {}],
  ['of a directory’s deletion', () => openedCase({}, { deletedByDirectory: true }), { isDeleted: true }],
])('waitOf() tells what a case waits for: one %s', (_, opened, said) => {
  expect(waitOf(opened())).toStrictEqual({ ...PLAIN, ...said })
})

test('waitOf() says of any other task who it is about, and since when', () => {
  const { state: _, ...search } = { ...openedCase(), kind: 'search' as const }

  expect(waitOf({ ...search, state: {} })).toStrictEqual({
    ...{ wait: 'waiting', since: OPENED_AT, orgId: ORG, usernames: ['ada@example.com'] },
  })
})
