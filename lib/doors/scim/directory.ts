import type { Clock, Failure, Members, Organizations } from '../../core/ports.ts'
import { hasAccess } from '../../words/member.ts'
import { asciiLowerCase } from '../../words/username.ts'

/** Everybody in all organizations, once, by username. */
export type Directory = {
  /** @param again - a later page of the same list: an earlier read will do, so that nobody slips from page to page */
  everybody(deadline: Date, again: boolean): Promise<Everybody | Failure>
}

type Everybody = { readonly kind: 'everybody'; readonly people: readonly Person[] }
export type Person = { readonly username: string; readonly hasAccess: boolean }

type Options = {
  readonly organizations: Organizations
  readonly members: Pick<Members, 'all'>
  readonly clock: Clock
}

/** An import turns a page every few seconds. */
const KEPT_MS = 60_000

/** Lists everybody. One organization that does not answer spoils the list: who is missing from it would pass for gone. */
export function memberDirectory({ organizations, members, clock }: Options): Directory {
  let kept: { readonly everybody: Everybody; readonly at: Date } | undefined

  async function read(deadline: Date): Promise<Everybody | Failure> {
    const listed = await organizations.list(deadline)
    const answers = await Promise.all(
      listed.map(async (one) =>
        one.kind === 'org' ? await members.all(one.orgId, deadline) : unreadable(one.code),
      ),
    )
    const people = new Map<string, Person>()
    for (const answer of answers) {
      if (answer.kind === 'failure') return answer
      for (const { username, status } of answer.members) {
        const key = asciiLowerCase(username)
        const known = people.get(key)
        people.set(key, { username, hasAccess: known?.hasAccess || hasAccess(status) })
      }
    }
    return { kind: 'everybody', people: [...people].sort(byKey).map(([, person]) => person) }
  }

  return {
    async everybody(deadline, again) {
      const at = clock.now()
      if (again && kept && at.getTime() - kept.at.getTime() < KEPT_MS) return kept.everybody
      const everybody = await read(deadline)
      if (everybody.kind === 'everybody') kept = { everybody, at }
      return everybody
    },
  }
}

function unreadable(code: string): Failure {
  return { kind: 'failure', reason: 'credential', code }
}

function byKey([one]: readonly [string, Person], [other]: readonly [string, Person]): number {
  return one < other ? -1 : 1
}
