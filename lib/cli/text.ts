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

/** Puts the parts that there are one below the other, with a line between them. */
export function paragraphs(...parts: readonly (string | false | undefined)[]): string {
  return parts.filter(Boolean).join('\n\n')
}

/** Makes untrusted text safe to show, line by line. Where it may break a line itself, whoever shows it makes it `plain` first. */
export function printable(text: string): string {
  return text.replace(/[^\r\n]+|\r(?!\n)/g, plain)
}

/** What is to be pasted, or is no sentence, stays on its line. */
const UNBROKEN = /atlas-offboarding |[{}[\]\\"$<>|]|^ *--/

/** Breaks sentences that are longer than a line at their spaces. @param width - columns; `undefined` breaks nothing */
export function fitted(text: string, width: number | undefined): string {
  if (width === undefined) return text
  return text.replace(/^( *)(.+)$/gm, (line, indent: string, sentence: string) => {
    const most = width - indent.length - 2
    if (line.length <= width || most < 20 || UNBROKEN.test(line)) return line
    const parts = sentence.match(new RegExp(`\\S.{0,${most - 1}}(?= |$)|\\S+`, 'g')) ?? []
    return parts.map((part, index) => `${indent}${index === 0 ? '' : '  '}${part}`).join('\n')
  })
}

/** JSON says a character that a terminal would obey by its code; nothing outside of strings is one but the line's end. */
export function jsonOf(value: object): string {
  return JSON.stringify(value, undefined, 2).replace(/(?!\n)[\p{C}\p{Zl}\p{Zp}]/gu, escapedUnits)
}

function escapedUnits(character: string): string {
  const units = Array.from({ length: character.length }, (_, index) => character.charCodeAt(index))
  return units.map((unit) => `\\u${unit.toString(16).padStart(4, '0')}`).join('')
}

/** Says by code why a file cannot be read or written. */
export function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unreadable'
}
