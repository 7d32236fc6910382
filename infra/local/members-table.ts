import { isDeepStrictEqual, styleText } from 'node:util'
import type { Member } from './atlas/member.ts'

/** Sets an organization's members before and after side by side. */
export function membersTable(before: readonly Member[], after: readonly Member[]): string {
  const rows = before.map((member) => {
    const later = find(after, member)
    const { username, roles } = member
    return { cells: [username, roles.orgRoles.join(' '), statusOf(member), statusOf(later)], gone: !later }
  })
  const widths = HEAD.map((head, column) => widest([head, ...rows.map(({ cells }) => cells[column] ?? '')]))
  const lineOf = (cells: readonly string[]) =>
    cells
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd()
  return [
    styleText('dim', lineOf(HEAD)),
    ...rows.map(({ cells, gone }) => (gone ? styleText('green', lineOf(cells)) : lineOf(cells))),
  ].join('\n')
}

const HEAD = ['member', 'organization roles', 'before', 'after']

/** Says who is gone, and whether everybody else is as they were. */
export function comparison(before: readonly Member[], after: readonly Member[]) {
  const removed = before.filter((member) => !find(after, member)).map(({ username }) => username)
  const rest = before.filter((member) => find(after, member))
  const untouched = isDeepStrictEqual(rest, after)
  const who = removed.length === 0 ? 'nobody' : removed.join(', ')
  const others = untouched ? 'everybody else as before' : 'SOMEBODY ELSE CHANGED'
  const counts = `${before.length} members before, ${after.length} after`
  return { removed, untouched, text: `${counts}: ${who} removed, ${others}` }
}

function find(members: readonly Member[], { id }: Member): Member | undefined {
  return members.find((member) => member.id === id)
}

function statusOf(member: Member | undefined): string {
  return member?.orgMembershipStatus ?? 'gone'
}

function widest(texts: readonly string[]): number {
  return Math.max(...texts.map((text) => text.length))
}
