import { text } from 'node:stream/consumers'
import { isFailed, type Reader, wrong } from '../cli/command.ts'
import { codeOf, instant, paragraphs } from '../cli/text.ts'
import type { Memory } from '../core/ledger.ts'
import { approved, type PersonState, personKey } from '../core/returns.ts'
import { remember } from '../core/runner.ts'
import { Username } from '../senders/fields.ts'
import { atOnce } from '../words/at-once.ts'
import { asciiLowerCase } from '../words/username.ts'
import { peopleOf } from '../words/wording.ts'
import { writes } from './act.ts'
import { ALONE, CLAIM, listOf, UNTIL, wordOf } from './fields.ts'
import { ownNames } from './own-case.ts'

const LONGEST_APPROVAL_MS = 14 * 24 * 3_600_000
const AT_ONCE = 20

/** Reads one username a line; empty lines and those that begin with `#` do not count. */
const usernamesIn: Reader<readonly string[]> = async (file, terminal) => {
  const read = await text(terminal.readBytes(file)).catch((error) =>
    wrong(`cannot read ${file}: ${codeOf(error)}`),
  )
  if (isFailed(read)) return read
  const lines = read.split(/\r?\n/).map((line) => line.trim())
  const usernames = lines.filter((line) => line !== '' && !line.startsWith('#'))
  return usernames.length > 0 ? usernames : wrong(`there is no name in ${file}`)
}

/** Announces leavers by name: up to an instant they take no slot of the daily limit; everybody else still does. */
export const approve = writes({
  name: 'approve',
  about: 'announces leavers by name: for a time they do not count for the daily limit',
  examples: ['approve --usernames leavers.txt --until 2d --because HR-2000'],
  fields: {
    usernames: {
      is: listOf(Username, 10_000, 'usernames'),
      takes: 'FILE',
      needed: true,
      reads: usernamesIn,
      about: 'one username a line; - is standard input',
    },
    until: { ...UNTIL, needed: true, about: 'at most 14 days from now' },
    ...CLAIM,
    ...ALONE,
  },
  alerts: true,
  needsTwo: () => true,
  asks: ({ usernames, until }) =>
    `Let ${peopleOf(usernames.length)} leave until ${until} without counting for the daily limit?`,
  async does(deps, request, invocation) {
    const { until } = request
    const approval = { ...wordOf(deps, request, invocation), act: 'approve' as const, until }
    const aheadMs = until.getTime() - approval.at.getTime()
    if (aheadMs <= 0 || aheadMs > LONGEST_APPROVAL_MS)
      return { error: '`until`: expected an instant within the next 14 days' }

    const asked = [...new Set(request.usernames.map(asciiLowerCase))]
    const own = ownNames(approval, asked)
    const names = asked.filter((name) => !own.includes(name))
    const known = (await deps.ledger.memories(names.map(personKey))) as readonly Memory<PersonState>[]
    const unreadable = names.filter((_, index) => known[index]?.isUnreadable)
    await atOnce([...names.entries()], AT_ONCE, async ([index, username]) => {
      if (known[index]?.isUnreadable) return
      const change = (state: PersonState | undefined) => approved(state, username, approval)
      await remember(deps, personKey(username), change, known[index])
    })
    return { approved: names.length - unreadable.length, expiresAt: until, unreadable, own }
  },
  show({ approved: number, expiresAt, unreadable, own = [] }) {
    const trouble =
      unreadable.length > 0 &&
      `Not approved, because what is remembered of them cannot be read: ${unreadable.join(', ')}`
    const oneself =
      own.length > 0 &&
      `Not approved, because nobody decides about themselves; ask a colleague: ${own.join(', ')}`
    return {
      text: paragraphs(`Approved ${peopleOf(number)} until ${instant(expiresAt)}`, trouble, oneself),
      status: trouble || oneself ? 1 : 0,
    }
  },
})
