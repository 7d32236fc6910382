import type { CHECKERS } from './checkers.ts'

/** A mistake that the proof must notice: what a careless change would make of one place in the sources. */
export type Bug = {
  readonly name: string
  readonly file: string
  /** Must stand there exactly once. */
  readonly was: string
  readonly becomes: string
  /** The checker that must object; others may, too. */
  readonly caughtBy: keyof typeof CHECKERS
  /** Stories in which it shows, with up to one fault at every place. */
  readonly stories: readonly string[]
}

export const BUGS: readonly Bug[] = [
  {
    name: 'no intent before the DELETE',
    file: 'lib/core/remove-member.ts',
    was: '    intent: { attempt: kase.attempts + 1, at: now, userId },\n',
    becomes: '',
    caughtBy: 'nothing_unaudited',
    stories: ['one leaver'],
  },
  {
    name: 'acknowledged before the ledger has the case',
    file: 'lib/core/receive.ts',
    was: '  if (failure) throw failure.reason\n',
    becomes: '  if (failure) return\n',
    caughtBy: 'ledger_balances',
    stories: ['one leaver'],
  },
  {
    name: 'any 404 is gone',
    file: 'lib/atlas/interpret-status.ts',
    was: "  return ABSENT.has(code) ? { kind: 'absent' as const } : { kind: 'unexplained' as const, code }\n",
    becomes: "  return code !== '' ? { kind: 'absent' as const } : { kind: 'unexplained' as const, code }\n",
    caughtBy: 'nobody_lost',
    stories: ['one leaver'],
  },
  {
    name: 'an invitation of somebody who is back is deleted',
    file: 'lib/leftovers/delete-invitations.ts',
    was: "  return isBack ? 'rejoined' : undefined\n",
    becomes: '  return undefined\n',
    caughtBy: 'leftovers_cleared',
    stories: ['back before anybody looks for what is left'],
  },
  {
    name: 'a search for leftovers whose worker died is forgotten',
    file: 'lib/aws/ledger.ts',
    was: '  const dueAt = closedAt ? pending?.nextAttemptAt : nextAttemptAt\n',
    becomes: '  const dueAt = closedAt || pending ? undefined : nextAttemptAt\n',
    caughtBy: 'leftovers_cleared',
    stories: ['one leaver and a project that invites them'],
  },
  {
    name: 'results[0]',
    file: 'lib/words/member.ts',
    was: `  const matches = members.filter((member) =>
    wanted.some((username) => sameUsername(username, member.username)),
  )
`,
    becomes: '  const matches = wanted.length > 0 ? members.slice(0, 1) : members\n',
    caughtBy: 'nobody_wrong',
    stories: ['namesakes'],
  },
  {
    name: 'a case is keyed by username',
    file: 'lib/words/case.ts',
    was: 'JSON.stringify([departure.id, person, orgId,',
    becomes: 'JSON.stringify([person, orgId,',
    caughtBy: 'nobody_lost',
    stories: ['leave, return, leave'],
  },
  {
    name: 'FailedEntryCount is ignored',
    file: 'lib/aws/bus.ts',
    was: '  return result?.EventId !== undefined && result.ErrorCode === undefined\n',
    becomes: '  return result !== undefined\n',
    caughtBy: 'nothing_unaudited',
    stories: ['one leaver'],
  },
  {
    name: 'Retry-After is clipped to what fits',
    file: 'lib/words/retry.ts',
    was: '  const delay = Math.max(failure.retryAfterMs ?? 0, FLOOR_MS, random * ceiling)\n',
    becomes:
      '  const delay = Math.max(Math.min(failure.retryAfterMs ?? 0, policy.maxDelayMs), FLOOR_MS, random * ceiling)\n',
    caughtBy: 'atlas_waits_kept',
    stories: ['one leaver'],
  },
  {
    name: 'the window is counted after the DELETE',
    file: 'lib/core/remove-member.ts',
    was: `  const stopped = (await guarded(deps, work, found)) ?? (await reservePlace(deps, work))
  return stopped ?? (await deleteAndConfirm(deps, work, found.member))
`,
    becomes: `  const stopped = await guarded(deps, work, found)
  if (stopped) return stopped
  const removed = await deleteAndConfirm(deps, work, found.member)
  await reservePlace(deps, work)
  return removed
`,
    caughtBy: 'window_kept',
    stories: ['two leave at once, one may'],
  },
  {
    name: '0 means no limit',
    file: 'lib/core/window.ts',
    was: '  return Math.min(limits.maxRemovalsPerDay, Math.max(LEAST_OF_PERCENT, percent))\n',
    becomes: '  return Math.min(limits.maxRemovalsPerDay || Infinity, Math.max(LEAST_OF_PERCENT, percent))\n',
    caughtBy: 'window_kept',
    stories: ['a limit of nobody'],
  },
  {
    name: 'no age guard',
    file: 'lib/core/guards.ts',
    was: "    (kase.stale && hold(kase, 'stale_event')) ||\n",
    becomes: '',
    caughtBy: 'nobody_wrong',
    stories: ['an event four days late'],
  },
  {
    name: 'age is judged at each attempt',
    file: 'lib/core/guards.ts',
    was: "    (kase.stale && hold(kase, 'stale_event')) ||\n",
    becomes:
      "    (now.getTime() - leaving.getTime() > settings.maxEventAgeMs && hold(kase, 'stale_event')) ||\n",
    caughtBy: 'nobody_lost',
    stories: ['credentials wrong for 5 days'],
  },
  {
    name: 'a resumed case is not confirmed',
    file: 'lib/core/remove-member.ts',
    was: '    const tried = await confirmed(deps, work, kase.intent.userId)\n',
    becomes: '    const tried: Tried = removedNow(deps, kase)\n',
    caughtBy: 'nobody_lost',
    stories: ['renamed in Atlas while the case waits'],
  },
  {
    name: 'no lease',
    file: 'lib/aws/ledger.ts',
    was: "      if (await table.put(item, { kind: 'lapsed', before: now.toISOString() })) return { kind: 'held', lease }\n",
    becomes:
      "      await table.put(item, { kind: 'lapsed', before: now.toISOString() })\n      return { kind: 'held', lease }\n",
    caughtBy: 'one_worker_per_person',
    stories: ['two sources for one leaver'],
  },
  {
    name: 'an unpublished outcome is overwritten',
    file: 'lib/words/case.ts',
    was: '    unpublished: [...kase.unpublished, {',
    becomes: '    unpublished: [{',
    caughtBy: 'nothing_unaudited',
    stories: ['the bus takes nothing for an hour'],
  },
  {
    name: 'a DELETE may outlast the lease',
    file: 'lib/core/offboard.ts',
    was: '  const deadline = earliest(task.deadline, addMs(now, ATTEMPT_MS), lease.until)\n',
    becomes: '  const deadline = earliest(addMs(now, 100 * ATTEMPT_MS))\n',
    caughtBy: 'one_worker_per_person',
    stories: ['one leaver'],
  },
  {
    name: 'a stale worker may write',
    file: 'lib/aws/ledger.ts',
    was: `        kind: 'version',
        version: kase.version,
`,
    becomes: `        kind: 'version',
        version: (await table.get(casePk(kase.id)))?.version ?? 0,
`,
    caughtBy: 'nothing_unaudited',
    stories: ['one leaver', 'two sources for one leaver'],
  },
  {
    name: 'a return is not remembered',
    file: 'lib/core/person-state.ts',
    was: '  if (known && (known.id === back.id || known.at >= at)) return undefined\n',
    becomes: '  if (known === undefined || known.at >= at) return undefined\n',
    caughtBy: 'nobody_lost',
    stories: ['back before the departure arrives'],
  },
  {
    name: 'a place in the window is not renewed',
    file: 'lib/core/window.ts',
    was: '  if (!slots[caseId] && Object.keys(slots).length >= limit)\n',
    becomes:
      "  if (slots[caseId]) return { kind: 'reserved', state: { ...state, slots } }\n  if (Object.keys(slots).length >= limit)\n",
    caughtBy: 'window_kept',
    stories: ['an upgrade of Atlas for a day, one may leave'],
  },
  {
    name: 'a departure is superseded only while it is scheduled',
    file: 'lib/core/guards.ts',
    was: 'export function guardSuperseded({ departure }: Case, history: readonly Case[]): Outcome | undefined {\n',
    becomes:
      "export function guardSuperseded({ departure, outcome }: Case, history: readonly Case[]): Outcome | undefined {\n  if (outcome?.kind !== 'scheduled') return undefined\n",
    caughtBy: 'nobody_wrong',
    stories: ['superseded by a later date'],
  },
  {
    name: 'an alias counts as absence',
    file: 'lib/core/remove-member.ts',
    was: "lookup.kind === 'possible_alias' && hold(kase, 'possible_alias')",
    becomes: "lookup.kind === 'possible_alias' && hold(kase, 'observing') && false",
    caughtBy: 'nobody_lost',
    stories: ['an address that may be an alias'],
  },
]
