import type { CaseState } from '../words/case.ts'
import type { Actor } from '../words/decision.ts'
import { usernamesOf } from '../words/departure.ts'
import { mailboxOf, sameUsername } from '../words/username.ts'

/**
 * Finds the usernames that may be those of the people who act or confirm: nobody decides about themselves. A caller without a domain, such as
 * the IAM user `ada`, may be anybody with that mailbox; a colleague can decide instead.
 */
export function ownNames({ actor, confirmedBy }: Actor, usernames: readonly string[]): readonly string[] {
  const callers = [actor, ...(confirmedBy?.split(', ') ?? [])].map((arn) => arn.split(/[/:]/).at(-1) ?? '')
  return usernames.filter((name) =>
    callers.some((caller) =>
      caller.includes('@') ? sameUsername(caller, name) : sameUsername(caller, mailboxOf(name)),
    ),
  )
}

/** Tells whether a case is, or may be, about whoever acts or confirms. */
export function isOwnCase(actor: Actor, { departure, snapshot, outcome }: CaseState): boolean {
  const candidates = (outcome?.kind === 'held' && outcome.candidates) || []
  const found = [...(snapshot ? [snapshot] : []), ...candidates].map(({ username }) => username)
  return ownNames(actor, [...usernamesOf(departure), ...found]).length > 0
}
