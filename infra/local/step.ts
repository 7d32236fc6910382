import type { JournalEntry } from '../../lib/core/journal.ts'

/** One line of what happened. */
export type Step = {
  readonly step: string
  readonly at: Date
  /** For whoever reads it. */
  readonly text: string
  /** For a program. */
  readonly facts: Readonly<Record<string, unknown>>
  readonly tone?: Tone
}

export type Tone = 'good' | 'waiting' | 'bad'

/** A journal entry as a function wrote it to its log. */
export type Logged = JournalEntry & { readonly timestamp: string }

/** Reads a log line; `undefined` for metrics, and for what the runtime itself has to say. */
export function readLogLine(line: string): Logged | undefined {
  try {
    const read = JSON.parse(line)
    return typeof read === 'object' && read !== null && 'event' in read ? read : undefined
  } catch {
    return undefined
  }
}

type Line = Pick<Step, 'step' | 'text' | 'tone'>

/** Makes a step of a journal entry; `undefined` for what a reader can do without. */
export function stepOf({ timestamp, ...entry }: Logged): Step | undefined {
  const line = lineOf(entry)
  return line && { ...line, at: new Date(timestamp), facts: factsOf(entry) }
}

function lineOf(entry: JournalEntry): Line | undefined {
  switch (entry.event) {
    case 'credentials': {
      const what = entry.method === 'api_key' ? 'API key' : 'service account, token'
      return { step: 'credentials', text: `${what} for organization ${entry.orgId}` }
    }
    case 'received':
      return {
        step: 'case',
        text: `${entry.caseId} ${entry.isNew ? 'opened' : 'known'}, source ${entry.source}`,
      }
    case 'absorbed':
      return { step: 'case', text: `${entry.caseId} absorbs a repetition, source ${entry.source}` }
    case 'found':
      return { step: 'found', text: `${entry.userId}, ${entry.status}, ${entry.orgRoles.join(' ')}` }
    case 'atlas_request':
      return requestLine(entry)
    case 'retry':
      return {
        step: 'retry',
        text: `${callNamed(entry.operation)} again in ${entry.waitMs.toFixed(0)} ms`,
        tone: 'waiting',
      }
    case 'confirmed':
      return { step: 'confirmed', text: `Atlas knows no member ${entry.userId} any more`, tone: 'good' }
    case 'ignored':
      return { step: 'ignored', text: `${entry.source}: ${entry.why}` }
    case 'unreadable':
      return { step: 'unreadable', text: `${entry.reason}; now on the dead-letter queue`, tone: 'bad' }
    case 'answered':
      return {
        step: 'http',
        text: `${entry.method} by the route ${entry.route} answered ${entry.status}${entry.reason ? ` (${entry.reason})` : ''}`,
      }
    case 'entry_refused':
      return {
        step: 'secret',
        text: `${entry.secret}: ${entry.entry} does not count: ${entry.why}`,
        tone: 'bad',
      }
    case 'unanswered':
      return {
        step: 'http',
        text: `${entry.route}: ${entry.error}; the caller has to ask again`,
        tone: 'bad',
      }
    case 'leftovers': {
      const { projects, deleted, reported, failed, code } = entry
      const counts = `${deleted} deleted, ${reported} reported, ${failed} failed`
      if (code) return { step: 'leftovers', text: `${code}; searched again later`, tone: 'waiting' }
      return { step: 'leftovers', text: `${projects} projects: ${counts}`, tone: 'good' }
    }
    case 'roster': {
      const { roster, lines, leavers, unclear } = entry
      const text = `${roster}: ${lines} lines, ${leavers} members leave, ${unclear} unclear`
      return { step: 'roster', text, tone: 'good' }
    }
    case 'roster_refused':
      return {
        step: 'roster',
        text: `${entry.roster}: refused; nobody is removed because of it`,
        tone: 'bad',
      }
    case 'undelivered':
    case 'unfinished':
      return { step: entry.event, text: `${entry.error}; retried by itself`, tone: 'bad' }
    case 'outcome':
    case 'published':
    case 'measured':
      return undefined
  }
}

/** Of the requests that succeeded only the DELETE is shown. A confirmation is a 404, and has a step of its own. */
function requestLine({
  operation,
  status,
}: Extract<JournalEntry, { event: 'atlas_request' }>): Line | undefined {
  const text = `${callNamed(operation)} answered ${status}`
  if (typeof status === 'number' && status < 400) {
    return operation === 'removeOrgUser' ? { step: 'removed', text, tone: 'good' } : undefined
  }
  if (operation === 'getOrgUser' && status === 404) return undefined
  return { step: 'failed', text, tone: 'waiting' }
}

const CALLS: Readonly<Record<string, string>> = {
  token: 'token request',
  listOrgUsers: 'lookup',
  removeOrgUser: 'DELETE',
  getOrgUser: 'confirmation',
  listOrgEvents: 'events',
}

function callNamed(operation: string): string {
  return CALLS[operation] ?? operation
}

/** What the logger adds to an entry, and the name that a step has already. */
const LOGGER_FIELDS = new Set(['event', 'level', 'message', 'service', 'sampling_rate', 'xray_trace_id'])

function factsOf(entry: JournalEntry): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(entry).filter(([key]) => !LOGGER_FIELDS.has(key)))
}
