import { styleText } from 'node:util'
import type { Member } from './atlas/member.ts'
import type { RecordedRequest } from './atlas/request-log.ts'
import { comparison, membersTable } from './members-table.ts'
import type { Step, Tone } from './step.ts'

/** Prints a story. Colors only in a terminal, and never against `NO_COLOR`. */
export type Printer = {
  /** One JSON object a line, for programs. */
  readonly isJson: boolean
  /** For readers only. */
  title(text: string): void
  note(text: string): void
  step(step: Step): void
  requests(requests: readonly RecordedRequest[]): void
  members(before: readonly Member[], after: readonly Member[]): void
}

const print = (line: string) => console.log(line)

/** Prints for people. Times are milliseconds since `start`; without `start`, the time of day. */
export function textPrinter(start?: Date): Printer {
  const timeOf = (at: Date) =>
    start ? `${at.getTime() - start.getTime()} ms` : at.toISOString().slice(11, 23)
  return {
    isJson: false,
    title: (text) => print(`\n${styleText('bold', text)}\n`),
    note: (text) => print(text),
    step({ step, at, text, tone }) {
      const time = styleText('dim', timeOf(at).padStart(8))
      const lines = text.replaceAll('\n', `\n${' '.repeat(TEXT_COLUMN)}`)
      print(`${time}  ${styleText(tone ? COLORS[tone] : 'cyan', step.padEnd(11))}  ${lines}`)
    },
    requests(requests) {
      const list = requests.map(({ operation, status }) => `${operation} ${status}`).join(', ')
      print(`\nRequests to Atlas: ${list}`)
    },
    members(before, after) {
      print(`\n${membersTable(before, after)}\n\n${comparison(before, after).text}`)
    },
  }
}

const TEXT_COLUMN = 23

const COLORS: Readonly<Record<Tone, 'green' | 'yellow' | 'red'>> = {
  good: 'green',
  waiting: 'yellow',
  bad: 'red',
}

/** Prints one JSON object a line. */
export function jsonPrinter(): Printer {
  const silent = () => undefined
  return {
    isJson: true,
    title: silent,
    note: silent,
    step: ({ step, at, facts }) => print(JSON.stringify({ step, at, ...facts })),
    requests: (requests) =>
      print(JSON.stringify({ step: 'requests', at: new Date(), requests: requests.map(asked) })),
    members(before, after) {
      const { removed, untouched } = comparison(before, after)
      const seen = { before: before.map(briefly), after: after.map(briefly) }
      print(JSON.stringify({ step: 'members', at: new Date(), ...seen, removed, untouched }))
    },
  }
}

function asked({ operation, method, path, status }: RecordedRequest) {
  return { operation, method, path, status }
}

function briefly({ id, username, orgMembershipStatus, roles }: Member) {
  return { id, username, orgMembershipStatus, orgRoles: roles.orgRoles }
}
