import type { Clock } from '../../core/ports.ts'
import { asciiLowerCase } from '../../words/username.ts'

/** Somebody as Atlas showed them last. */
export type Seen = { readonly username: string; readonly hasAccess: boolean; readonly at: Date }

/** For so long what was seen counts while Atlas cannot be asked. */
export const REMEMBERED_MS = 3_600_000
const MOST = 50_000

/**
 * Remembers in memory whom Atlas showed.
 *
 * @param most - how many; whoever was seen longest ago is forgotten first
 */
export function seenPeople(clock: Pick<Clock, 'now'>, most = MOST) {
  const people = new Map<string, Seen>()

  function remember({ username, hasAccess, at }: Seen): void {
    const key = asciiLowerCase(username)
    // Last seen is last in the map.
    people.delete(key)
    people.set(key, { username, hasAccess, at })
    if (people.size > most) people.delete(people.keys().next().value ?? '')
  }

  return {
    remember,
    forget: (username: string) => void people.delete(asciiLowerCase(username)),
    /** Whoever a whole list lacks is not there any more. */
    replace(all: Iterable<Seen>) {
      people.clear()
      for (const one of all) remember(one)
    },
    find(username: string): Seen | undefined {
      const seen = people.get(asciiLowerCase(username))
      return seen && clock.now().getTime() - seen.at.getTime() < REMEMBERED_MS ? seen : undefined
    },
  }
}
