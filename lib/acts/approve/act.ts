import * as z from 'zod/mini'
import type { Memory } from '../../core/ledger.ts'
import { approved, type PersonState, personKey } from '../../core/returns.ts'
import { remember } from '../../core/runner.ts'
import { Instant, Username } from '../../senders/fields.ts'
import { atOnce } from '../../words/at-once.ts'
import { asciiLowerCase } from '../../words/username.ts'
import { act, type Invocation, type OperatorDeps, type Refusal } from '../act.ts'
import { wordOf } from '../claim.ts'
import { CLAIM } from '../fields.ts'

const NAMES = 'expected 1 to 10000 usernames'
const LONGEST_APPROVAL_MS = 14 * 24 * 3_600_000
const AT_ONCE = 20

type Approved = {
  readonly approved: number
  readonly expiresAt: Date
  /** What is remembered of these people cannot be read; they were not approved. */
  readonly unreadable: readonly string[]
}

/** Announces leavers by name: until then they take no slot of the daily limit; everybody else still does. */
export const approve = act(
  {
    ...CLAIM,
    usernames: z.array(Username, NAMES).check(z.minLength(1, NAMES), z.maxLength(10_000, NAMES)),
    until: Instant,
  },
  async (deps: OperatorDeps, request, invocation: Invocation): Promise<Approved | Refusal> => {
    const { until } = request
    const approval = { ...wordOf(deps, request, invocation), act: 'approve' as const, until }
    const aheadMs = until.getTime() - approval.at.getTime()
    if (aheadMs <= 0 || aheadMs > LONGEST_APPROVAL_MS)
      return { error: '`until`: expected an instant within the next 14 days' }

    const names = [...new Set(request.usernames.map(asciiLowerCase))]
    const known = await deps.ledger.memories(names.map(personKey))
    const isUnreadable = await atOnce([...names.entries()], AT_ONCE, async ([index, username]) => {
      const memory = known[index] as Memory<PersonState>
      if (memory.isUnreadable) return true
      const change = (state: PersonState | undefined) => approved(state, username, approval)
      await remember(deps, personKey(username), change, memory)
      return false
    })
    const unreadable = names.filter((_, index) => isUnreadable[index])
    return { approved: names.length - unreadable.length, expiresAt: until, unreadable }
  },
)
