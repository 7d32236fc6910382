import { duration } from '../words/duration.ts'
import { plain } from '../words/plain.ts'

/** An instant in UTC, to the second. */
export function instant(at: Date): string {
  return Number.isNaN(at.getTime()) ? 'unknown' : `${at.toISOString().slice(0, 19)}Z`
}

/** The time between two instants, as people say it: `3 min 12 s`. */
export function span(from: Date, to: Date): string {
  const ms = Math.abs(to.getTime() - from.getTime())
  return ms < 1_000 ? 'less than 1 s' : duration(ms)
}

/** How long it is until an instant. */
export function fromNow(at: Date, now: Date): string {
  return at > now ? `in ${span(at, now)}` : 'now'
}

/** Joins parts with an empty line between them. Leaves out those that are `false`, `undefined` or empty. */
export function paragraphs(...parts: readonly (string | false | undefined)[]): string {
  return parts.filter(Boolean).join('\n\n')
}

/** Makes untrusted text safe to show, and keeps its line breaks. A text that must stay on one line goes through `plain` first. */
export function printable(text: string): string {
  return text.replace(/[^\r\n]+|\r(?!\n)/g, plain)
}

/** A line with one of these characters is no sentence, and is broken only if it is a command. */
const UNBROKEN = /[{}[\]\\"$<>|]/
/** A command to paste. */
const COMMAND = /(?:^| )(?:atlas-offboarding|atlas api) /
/** A bracket, an option with its value, a text in quotes: each stays in one piece. */
const PIECE = /\[[^\]]*\]…?|(?:(?:--[\w-]+|atlas-offboarding) (?![-(]))?(?:"[^"]*"|\S)+/g
/** The text beside a first column gets at least so many columns. */
const LEAST = 20

/**
 * Breaks long lines at spaces. Text beside a first column stays beside it, and a broken command can still be pasted.
 *
 * @param width - columns; `undefined` breaks nothing
 */
export function fitted(text: string, width: number | undefined): string {
  if (width === undefined) return text
  return text.replace(/^.+$/gm, (line) => {
    const isLeft = line.length <= width || (UNBROKEN.test(line) && !COMMAND.test(line))
    return isLeft ? line : broken(line, width)
  })
}

function broken(line: string, width: number): string {
  const [first = ''] = /^ *(?:\S+(?: \S+)? {2,})?/.exec(line) ?? []
  const indent = line.length - line.trimStart().length
  const isColumn = first.length > indent && width - first.length >= LEAST
  const head = isColumn ? first : line.slice(0, indent)
  const next = ' '.repeat(isColumn ? first.length : indent + 2)
  const lines: string[] = []
  let [current, isCommand] = [head, false]
  for (const piece of line.slice(head.length).match(PIECE) ?? []) {
    // Where a command is broken, a backslash ends the line. It must fit, too.
    if (current === head) current += piece
    else if (`${current} ${piece}`.length <= width - (isCommand ? 2 : 0)) current += ` ${piece}`
    else {
      lines.push(isCommand ? `${current} \\` : current)
      current = `${next}${piece}`
    }
    isCommand =
      (isCommand || /^atlas(-offboarding .*)?$/.test(piece)) &&
      !/[,;:]$/.test(piece) &&
      !line.startsWith('Usage')
  }
  return [...lines, current].join('\n')
}

/** Formats JSON, and escapes in its strings every character that a terminal would obey. Outside of strings it has no other control characters than line ends. */
export function jsonOf(value: object): string {
  return JSON.stringify(value, undefined, 2).replace(/(?!\n)[\p{C}\p{Zl}\p{Zp}]/gu, escapedUnits)
}

function escapedUnits(character: string): string {
  const units = Array.from({ length: character.length }, (_, index) => character.charCodeAt(index))
  return units.map((unit) => `\\u${unit.toString(16).padStart(4, '0')}`).join('')
}

/** The error code that says why a file cannot be read or written. */
export function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unreadable'
}
