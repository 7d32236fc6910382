import type { Terminal } from './terminal.ts'

const UNIT_MS: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 24 * 3_600_000 }

/**
 * Turns `7d`, `36h` or `30m` into an instant so far from now; whatever else is left to the function to judge.
 *
 * @param direction - 1 for the future, -1 for the past
 */
export function atTime(text: string | undefined, now: Date, direction: 1 | -1): string | undefined {
  const [, number, unit] = /^(\d{1,5})([mhd])$/.exec(text ?? '') ?? []
  if (number === undefined || unit === undefined) return text
  return new Date(now.getTime() + direction * Number(number) * (UNIT_MS[unit] ?? 0)).toISOString()
}

/** Reads a duration such as `4h`, in ms; `undefined` if it is none. */
export function durationIn(text: string): number | undefined {
  const [, number, unit] = /^(\d{1,5})([mhd])$/.exec(text) ?? []
  const ms = Number(number) * (UNIT_MS[unit ?? ''] ?? 0)
  return ms > 0 ? ms : undefined
}

/** Reads a number of cases; `Number` would take `1e3`, ` ` and `0x10` for one. */
export function wholeNumber(text: string | undefined): number | undefined | 'wrong' {
  if (text === undefined) return undefined
  return /^\d{1,9}$/.test(text) ? Number(text) : 'wrong'
}

/** Reads one username a line; empty lines and those that begin with `#` do not count. @returns what is wrong, as a text */
export async function usernamesIn(file: string, terminal: Terminal): Promise<readonly string[] | string> {
  try {
    const lines = (await terminal.readText(file)).split(/\r?\n/).map((line) => line.trim())
    const usernames = lines.filter((line) => line !== '' && !line.startsWith('#'))
    return usernames.length > 0 ? usernames : `--usernames: no name in ${file}`
  } catch (error) {
    return `--usernames: cannot read ${file}: ${whyUnread(error)}`
  }
}

/** Says by code why a file cannot be read. */
export function whyUnread(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unreadable'
}
