import type { Fault, IoCall } from '../support/faulty-io.ts'
import { refusal } from '../support/in-memory-atlas.ts'

/** A fault and the name by which a placement tells it. */
export type NamedFault = { readonly name: string; readonly fault: Fault }

/** Longer than the lease and the time to the next sweep: whoever thaws finds that another has been at work. */
const FROZEN_MS = 200_000
export const RETRY_AFTER_SECONDS = 30

const ERROR = { name: 'error before applying', fault: { kind: 'error', when: 'before' } } as const
const LOST = { name: 'error after applying', fault: { kind: 'error', when: 'after' } } as const
const TIMEOUT = { name: 'time-out after applying', fault: { kind: 'timeout', when: 'after' } } as const
const LATE = { name: 'applied after the time-out', fault: { kind: 'timeout', when: 'late' } } as const
export const CRASH_BEFORE = { name: 'crash before', fault: { kind: 'crash', when: 'before' } } as const
const CRASH_AFTER = { name: 'crash after', fault: { kind: 'crash', when: 'after' } } as const
const FREEZE = { name: 'frozen for 200 s', fault: { kind: 'freeze', ms: FROZEN_MS } } as const
const PARTIAL = { name: 'partly taken', fault: { kind: 'partial' } } as const
const GARBAGE = { name: 'garbage', fault: { kind: 'garbage' } } as const

const UNAVAILABLE = refusal(503, 'SERVICE_UNAVAILABLE')
const DOWN = { name: '503', fault: { kind: 'reply', reply: UNAVAILABLE } } as const
const DOWN_AFTER = {
  name: '503 after applying',
  fault: { kind: 'reply', reply: UNAVAILABLE, when: 'after' },
} as const
const THROTTLED: NamedFault = {
  name: '429',
  fault: {
    kind: 'reply',
    reply: refusal(429, 'RATE_LIMITED', { 'retry-after': String(RETRY_AFTER_SECONDS) }),
  },
}
const UNAUTHORIZED: NamedFault = {
  name: '401',
  fault: { kind: 'reply', reply: refusal(401, 'USER_UNAUTHORIZED') },
}
const STRANGE_404: NamedFault = {
  name: 'unexplained 404',
  fault: { kind: 'reply', reply: refusal(404, 'RESOURCE_NOT_FOUND') },
}
const PAGE = {
  kind: 'reply',
  status: 200,
  headers: { 'content-type': 'text/html' },
  body: undefined,
} as const
const HTML = { name: 'garbage', fault: { kind: 'reply', reply: PAGE } } as const
const HTML_AFTER = {
  name: 'garbage after applying',
  fault: { kind: 'reply', reply: PAGE, when: 'after' },
} as const

const OTHERS_FIRST: NamedFault = { name: 'others first', fault: { kind: 'park' } }
const MUCH_LATER: NamedFault = { name: 'parked for 200 s', fault: { kind: 'park', ms: FROZEN_MS } }
/** Nothing stands between a DELETE's last look at its lock and its way onto the wire. */
const SENT_AT_ONCE: ReadonlySet<string> = new Set(['removeOrgUser', 'deleteGroupInvite'])

/** How a worker can be parked at a call: within its lock, and past it. */
export function switchesOf({ operation }: IoCall): readonly NamedFault[] {
  return SENT_AT_ONCE.has(operation) ? [OTHERS_FIRST] : [OTHERS_FIRST, MUCH_LATER]
}

/** Tells whether the call changes something outside its worker. */
export function isEffect(call: IoCall): boolean {
  return faultsOf(call).includes(CRASH_AFTER)
}

/** The fault by which the caller, and everything else, is left as by this one. */
export function likeOf({ service, input }: IoCall, { name }: NamedFault): string {
  const { Entries } = Object(input) as { readonly Entries?: readonly unknown[] }
  if (name === PARTIAL.name && Entries?.length === 1) return ERROR.name
  return name === GARBAGE.name && service === 'bus' ? TIMEOUT.name : name
}

const WRITES: ReadonlySet<string> = new Set(['insert', 'update', 'insertLapsed', 'remove', 'takeOut'])

/**
 * Every way in which one call can go wrong, as far as the caller could tell them apart. A throttled AWS service is an error
 * before applying, one that fails after applying does so as late as it can; a read has no "after applying". A crash at a read
 * leaves just what a crash after the effect before it leaves, or before the one after it, so it is placed at effects alone. The
 * sweep and on-call's function do nothing else after an error than after a crash: they end, and the next one comes.
 */
export function faultsOf({ role, service, operation }: IoCall): readonly NamedFault[] {
  const worker = role === 'departures'
  switch (service) {
    case 'table':
      if (!WRITES.has(operation)) return worker ? [ERROR, FREEZE] : [ERROR]
      return worker ? [ERROR, TIMEOUT, CRASH_BEFORE, CRASH_AFTER, FREEZE] : [ERROR, LOST]
    case 'bus':
      return worker
        ? [ERROR, TIMEOUT, PARTIAL, GARBAGE, CRASH_BEFORE, CRASH_AFTER]
        : [ERROR, PARTIAL, CRASH_AFTER]
    case 'queue':
      return worker ? [ERROR, TIMEOUT, PARTIAL, CRASH_BEFORE, CRASH_AFTER] : [ERROR, LOST, PARTIAL]
    case 'secrets':
      return worker ? [ERROR, GARBAGE] : [ERROR]
    case 'hr':
      return worker ? [ERROR, TIMEOUT, DOWN, HTML, UNAUTHORIZED, THROTTLED] : [ERROR]
    case 'atlas':
      return atlasFaults(operation, worker)
  }
}

function atlasFaults(operation: string, worker: boolean): readonly NamedFault[] {
  if (!worker) return [ERROR, HTML]
  if (operation === 'token') return [ERROR, HTML, THROTTLED]
  const reading = [ERROR, TIMEOUT, THROTTLED, HTML, UNAUTHORIZED, FREEZE]
  if (operation === 'getOrgUser') return [...reading, STRANGE_404]
  if (operation === 'deleteGroupInvite')
    return [...reading, LOST, LATE, DOWN, DOWN_AFTER, HTML_AFTER, STRANGE_404, CRASH_AFTER]
  if (operation !== 'removeOrgUser') return reading
  return [...reading, LOST, LATE, DOWN, DOWN_AFTER, HTML_AFTER, STRANGE_404, CRASH_BEFORE, CRASH_AFTER]
}
