import { askAndShow, CLAIM, command, type Shown } from '../../cli/command.ts'
import { INSTANT, instantIn } from '../../cli/instants.ts'
import type { Terminal } from '../../cli/terminal.ts'
import { codeOf, instant, paragraphs } from '../../cli/text.ts'
import { plain } from '../../words/plain.ts'
import { peopleOf } from '../../words/wording.ts'
import type { Answer } from '../act.ts'
import type { approve } from './act.ts'

export const APPROVE = command({
  name: 'approve',
  about: 'announces leavers by name: until then they do not count for the daily limit',
  examples: ['approve --usernames leavers.txt --until 2d --because HR-2000'],
  options: {
    usernames: { takes: 'FILE', needed: true, about: 'one username a line; - is standard input' },
    until: { takes: 'WHEN', needed: true, about: 'at most 14 days from now' },
    ...CLAIM,
  },
  async run(desk, { values: { usernames: file, until: text, because } }) {
    const usernames = await usernamesIn(file, desk.terminal)
    if (typeof usernames === 'string') return { error: usernames, status: 2 }
    const until = instantIn(text, desk.terminal.now(), 1)
    if (until === undefined) return { error: `--until: ${INSTANT}`, status: 2 }
    return await askAndShow(desk, 'operator', { action: 'approve', usernames, until, because }, showApproved)
  },
})

function showApproved({ approved, expiresAt, unreadable }: Answer<typeof approve>): Omit<Shown, 'answer'> {
  const trouble =
    unreadable.length > 0 &&
    `Not approved, because what is remembered of them cannot be read: ${unreadable.map(plain).join(', ')}`
  return {
    text: paragraphs(`Approved ${peopleOf(approved)} until ${instant(expiresAt)}`, trouble),
    status: trouble ? 1 : 0,
  }
}

/** Reads one username a line; empty lines and those that begin with `#` do not count. @returns what is wrong, as a text */
async function usernamesIn(file: string, terminal: Terminal): Promise<readonly string[] | string> {
  try {
    const lines = (await terminal.readText(file)).split(/\r?\n/).map((line) => line.trim())
    const usernames = lines.filter((line) => line !== '' && !line.startsWith('#'))
    return usernames.length > 0 ? usernames : `--usernames: there is no name in ${file}`
  } catch (error) {
    return `--usernames: cannot read ${file}: ${codeOf(error)}`
  }
}
