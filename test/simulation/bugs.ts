import type { CHECKERS } from './checkers.ts'

/** A mistake that the proof must notice: what a careless change would make of one place in the sources. */
export type Bug = {
  readonly name: string
  readonly file: string
  /** Must stand there exactly once. */
  readonly was: string
  readonly becomes: string
} & (InStories | InTest)

type InStories = {
  /** The checker that must object, or `as_told`: without a fault, the story itself; others may, too. */
  readonly caughtBy: keyof typeof CHECKERS | 'as_told'
  /** Stories in which it shows: without a fault, with one at some place, or with a forced switch. */
  readonly stories: readonly string[]
  /** No fault shows it. */
  readonly needsSchedule?: true
}

/** What no story can show: settings that wiring passes on, metrics, what the sweep does by the hour. */
type InTest = {
  readonly caughtBy: `test/${string}.test.ts`
  /** The test of that file that must fail. */
  readonly test: string
}

export const BUGS: readonly Bug[] = [
  {
    name: 'no intent before the DELETE',
    file: 'lib/core/remove.ts',
    was: '  const wanted = { state: { ...state, intent }, decisions:',
    becomes: '  const wanted = { state, decisions:',
    caughtBy: 'nothing_unaudited',
    stories: ['one leaver'],
  },
  {
    name: 'acknowledged before the ledger has the case',
    file: 'lib/core/receive.ts',
    was: '      return delivery.id\n',
    becomes: '      return undefined\n',
    caughtBy: 'ledger_balances',
    stories: ['one leaver'],
  },
  {
    name: 'any 404 is gone',
    file: 'lib/atlas/interpret-members.ts',
    was: "  return aboutOf(reply) === 'absent_user'\n",
    becomes: "  return aboutOf(reply) !== 'person'\n",
    caughtBy: 'nobody_lost',
    stories: ['one leaver'],
  },
  {
    name: 'an invitation of somebody who is back is deleted',
    file: 'lib/leftovers/judge-deletion.ts',
    was: "(isBack ? 'rejoined' : await objectionTo(deps, search))",
    becomes: '(await objectionTo(deps, search))',
    caughtBy: 'leftovers_cleared',
    stories: ['back before anybody looks for what is left'],
  },
  {
    name: 'a search for leftovers whose worker died is forgotten',
    file: 'lib/aws/ledger-items.ts',
    was: '        : { dueKey: kind, dueAt: dueAt?.toISOString() ?? HELD, [WAIT]: waitText(waitOf(task)) }),\n',
    becomes:
      "        : kind === 'search'\n          ? {}\n          : { dueKey: kind, dueAt: dueAt?.toISOString() ?? HELD, [WAIT]: waitText(waitOf(task)) }),\n",
    caughtBy: 'leftovers_cleared',
    stories: ['one leaver and a project that invites them'],
  },
  {
    name: 'results[0]',
    file: 'lib/words/member.ts',
    was: '  const matches = members.filter((member) => wanted.some((name) => sameUsername(name, member.username)))\n',
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
    was: '(Entries[index]?.EventId ? [uid] : [])',
    becomes: '(Entries[index] ? [uid] : [])',
    caughtBy: 'nothing_unaudited',
    stories: ['one leaver'],
  },
  {
    name: 'Retry-After is clipped to what fits',
    file: 'lib/atlas/retry.ts',
    was: '  const delay = Math.max(retryAfterMs, FLOOR_MS, random * BASE_DELAY_MS * 2 ** (made - 1))\n',
    becomes:
      '  const delay = Math.max(Math.min(retryAfterMs, 1_000), FLOOR_MS, random * BASE_DELAY_MS * 2 ** (made - 1))\n',
    caughtBy: 'atlas_waits_kept',
    stories: ['one leaver'],
  },
  {
    name: 'the window is counted after the DELETE',
    file: 'lib/core/remove.ts',
    was: '[reserveSlot(deps, work, found), recall(',
    becomes:
      "[Promise.resolve({ kind: 'reserved', decisions: work.task.decisions, org: undefined }), recall(",
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
    file: 'lib/core/rules.ts',
    was: "  { name: 'stale_event', objection: doubt('stale_event') },\n",
    becomes: '',
    caughtBy: 'nobody_wrong',
    stories: ['an event four days late'],
  },
  {
    name: 'age is judged at each attempt',
    file: 'lib/core/rules.ts',
    was: "  { name: 'stale_event', objection: doubt('stale_event') },\n",
    becomes:
      "  {\n    name: 'stale_event',\n    objection: ({ kase, now, settings }) =>\n      now.getTime() - leavingInstant(kase.state.departure).getTime() > settings.maxEventAgeMs\n        ? { kind: 'held', reason: 'stale_event' }\n        : undefined,\n  },\n",
    caughtBy: 'nobody_lost',
    stories: ['credentials wrong for 5 days'],
  },
  {
    name: 'a resumed case is not confirmed',
    file: 'lib/core/remove.ts',
    was: '  const tried = await confirm(deps, work, userId)\n',
    becomes:
      "  const tried: Tried = ended(task, { kind: 'removed', evidence: 'inferred', revokedAt: deps.clock.now() })\n",
    caughtBy: 'nobody_lost',
    stories: ['renamed in Atlas while the case waits'],
  },
  {
    name: 'no lease',
    file: 'lib/aws/ledger.ts',
    was: "      if (await table.insertLapsed(item, now.toISOString())) return { kind: 'locked', lock }\n",
    becomes:
      "      await table.insertLapsed(item, now.toISOString())\n      if (lock) return { kind: 'locked', lock }\n",
    caughtBy: 'one_worker_per_person',
    stories: ['two sources for one leaver'],
  },
  {
    name: 'an unpublished outcome is overwritten',
    file: 'lib/aws/ledger.ts',
    was: '        sequence: task.sequence + drafts.length,\n',
    becomes: '        sequence: task.sequence,\n',
    caughtBy: 'nothing_unaudited',
    stories: ['the bus takes nothing for an hour'],
  },
  {
    name: 'a DELETE may outlast the lease',
    file: 'lib/core/runner.ts',
    was: '  const ends = [given.deadline, addMs(now, ATTEMPT_MS), locked.lock.until].map((at) => at.getTime())\n',
    becomes: '  const ends = [addMs(now, 100 * ATTEMPT_MS).getTime()]\n',
    caughtBy: 'one_worker_per_person',
    stories: ['one leaver'],
  },
  {
    name: 'a stale worker may write',
    file: 'lib/aws/ledger.ts',
    was: '        version: task.version + 1,\n',
    becomes: '        version: ((await table.get(taskKey(task)))?.version ?? 0) + 1,\n',
    caughtBy: 'one_content_per_uid',
    stories: ['one leaver', 'two sources for one leaver'],
  },
  {
    name: 'a return is not remembered',
    file: 'lib/core/returns.ts',
    was: '  if (known && (ids.includes(back.id) || known.at >= at)) return undefined\n',
    becomes: '  if (known === undefined || ids.includes(back.id) || known.at >= at) return undefined\n',
    caughtBy: 'nobody_lost',
    stories: ['back before the departure arrives'],
  },
  {
    name: 'a place in the window is not renewed',
    file: 'lib/core/window.ts',
    was: '  const limit = removalLimit(state, limits, now)\n',
    becomes:
      '  if (slots[caseId]?.member === member) return { state: { ...state, slots } }\n  const limit = removalLimit(state, limits, now)\n',
    caughtBy: 'window_kept',
    stories: ['an upgrade of Atlas for a day, one may leave'],
  },
  {
    name: 'a departure is superseded only while it is scheduled',
    file: 'lib/core/rules.ts',
    was: '  const { source, occurredAt, effectiveAt, username } = kase.state.departure\n',
    becomes:
      "  const { source, occurredAt, effectiveAt, username } = kase.state.departure\n  if (kase.state.outcome?.kind !== 'scheduled') return undefined\n",
    caughtBy: 'nobody_wrong',
    stories: ['superseded by a later date'],
  },
  {
    name: 'an alias counts as absence',
    file: 'lib/core/absent.ts',
    was: "  if (similar.length > 0) return held('possible_alias', similar)\n",
    becomes: '',
    caughtBy: 'nobody_lost',
    stories: ['an address that may be an alias'],
  },
  {
    name: 'an event is rendered when it is published',
    file: 'lib/core/runner.ts',
    was: '    events.length > 0 ? audit.publish(events) : new Set<string>(),\n',
    becomes:
      '    events.length > 0\n      ? audit.publish(events.map((event) => ({ ...event, detail: { ...event.detail, time: Date.now() } })))\n      : new Set<string>(),\n',
    caughtBy: 'one_content_per_uid',
    stories: ['an owner who loses the role before the release'],
  },
  {
    name: 'what is remembered of a person expires',
    file: 'lib/core/returns.ts',
    was: '  return { state: { ...NOBODY, ...state, returns }, drafts: isNews ? [notice] : [] }\n',
    becomes:
      '  return {\n    state: { ...NOBODY, ...state, returns },\n    drafts: isNews ? [notice] : [],\n    expiresAt: new Date(now.getTime() + 86_400_000),\n  }\n',
    caughtBy: 'nobody_wrong',
    stories: ['back, and the departure arrives 60 hours later'],
  },
  {
    name: 'the lock on an alias is given back before the DELETE',
    file: 'lib/core/remove.ts',
    was: '    return await removeFound(deps, work, { ...seen, history: [...seen.history, ...byName] })\n',
    becomes: '    return removeFound(deps, work, { ...seen, history: [...seen.history, ...byName] })\n',
    caughtBy: 'one_worker_per_person',
    stories: ['by an alias, and 220 ms later by the own name'],
  },
  {
    name: 'a notice about a person is dropped when the bus refuses it',
    file: 'lib/core/runner.ts',
    was: '  const happened = new Set([...published, ...opened.map(({ uid }) => uid)])\n',
    becomes:
      "  const happened = new Set([...published, ...opened.map(({ uid }) => uid)])\n  for (const { uid } of events) if (uid.startsWith('person-')) happened.add(uid)\n",
    caughtBy: 'notices_published',
    stories: ['back by the word of the same source'],
  },
  {
    name: 'a conflicting event gets one constant id',
    file: 'lib/words/case.ts',
    was: "doubts.includes('conflicting_event') ? shortHash(contentOf(departure)) : ''",
    becomes: "doubts.includes('conflicting_event') ? 'other' : ''",
    caughtBy: 'ledger_balances',
    stories: ['one id, three contents'],
  },
  {
    name: 'leftovers are judged by what was known when the search began',
    file: 'lib/leftovers/judge-deletion.ts',
    was: "(isBack ? 'rejoined' : await objectionTo(deps, search))",
    becomes: "(isBack ? 'rejoined' : undefined)",
    caughtBy: 'leftovers_cleared',
    stories: ['paused before anybody looks for what is left'],
  },
  {
    name: 'a repeated return does not judge open cases again',
    file: 'lib/core/record-return.ts',
    was: '  // Asked again: what was recorded before we remembered may not know of the return.\n',
    becomes: '  if (remembered && !remembered.isChanged) return\n',
    caughtBy: 'nobody_lost',
    stories: ['back while a human has yet to decide'],
  },
  {
    name: 'a return is looked at once',
    file: 'lib/core/record-return.ts',
    was: 'isBusy || remembered?.isChanged ?',
    becomes: 'isBusy ?',
    caughtBy: 'nobody_lost',
    stories: ['back half a second after the departure, and a human would have to decide'],
    needsSchedule: true,
  },
  {
    name: 'an alias is not locked',
    file: 'lib/core/remove.ts',
    was: '  const locked = await ledger.lock({ orgId: task.state.orgId, username }, task.id)\n',
    becomes:
      "  const locked = await ledger.lock({ orgId: task.state.orgId, username: username + ' ' }, task.id)\n",
    caughtBy: 'one_worker_per_person',
    stories: ['by an alias, and 2000 ms later by the own name'],
  },
  {
    name: 'the sweep may not lock anybody',
    file: 'infra/roles.yml',
    was: "['case#*', 'search#*', 'reference#*', 'lock#*', 'org#*', 'comparison#*',",
    becomes: "['case#*', 'search#*', 'reference#*', 'org#*', 'comparison#*',",
    caughtBy: 'nothing_refused',
    stories: ['resumed while a worker still goes by the pause'],
  },
  {
    name: 'a lapsed approval still counts',
    file: 'lib/core/returns.ts',
    was: '  if (!approval || approval.until <= now) return undefined\n',
    becomes: '  if (!approval) return undefined\n',
    caughtBy: 'nobody_lost',
    stories: ['announced, and the announcement has lapsed'],
  },
  {
    name: 'an invitation that was accepted meanwhile is not looked for',
    file: 'lib/core/settle.ts',
    was: '        (await elsewhere(deps, sent)) ??\n',
    becomes: '',
    caughtBy: 'nobody_lost',
    stories: ['an invitation is accepted between lookup and DELETE'],
  },
  {
    name: 'nobody judges again what a pause held while it was lifted',
    file: 'lib/sweep/measure.ts',
    was: '    await trouble.attempt(() => retryUnpaused(deps, page))\n',
    becomes: '    if (kind === undefined) await trouble.attempt(() => retryUnpaused(deps, page))\n',
    caughtBy: 'nobody_lost',
    stories: ['resumed while a worker still goes by the pause'],
  },
  {
    name: 'another session of a role is another person',
    file: 'lib/words/caller.ts',
    was: '/^AWSReservedSSO_.+_[a-f0-9]{16}$/.test(role)',
    becomes: "role !== ''",
    caughtBy: 'nobody_wrong',
    stories: ['an owner whom one person proposes to release, and three sessions confirm at once'],
  },
  {
    name: 'our own functions speak for anybody',
    file: 'lib/senders/read-work.ts',
    was: 'isRequeued || maySpeakAs(sender, said.source, settings)',
    becomes: 'isRequeued || said.source.length > 0',
    caughtBy: 'nobody_wrong',
    stories: ['http says `operator`'],
  },
  {
    name: 'an event that a topic brings speaks for its sender',
    file: 'lib/senders/read-topic.ts',
    was: 'isForwarder ? undefined : source',
    becomes: 'isForwarder ? source : undefined',
    caughtBy: 'nobody_lost',
    stories: ['two channels claim one source'],
  },
  {
    name: 'a name means whoever bears it now, whoever bore it before',
    file: 'lib/core/remove.ts',
    was: 'userIds.length === 0 || namedMember',
    becomes: 'userIds.length >= 0 || namedMember',
    caughtBy: 'nobody_lost',
    stories: ['a name that somebody else bore before'],
  },
]
