import type { Reply } from '../../lib/atlas/transport.ts'
import type { VirtualTime } from './virtual-time.ts'

/** What a worker was started for; it decides what is lost when the worker stops. */
export type Role = 'departures' | 'sweep' | 'operator'

/** One call that leaves the process, numbered over the whole world. */
export type IoCall = {
  readonly worker: string
  readonly role: Role
  readonly service: keyof typeof LATENCY_MS
  readonly operation: string
  readonly index: number
  /** Of this worker: calls of one invocation are one piece of work. */
  readonly invocation: number
  /** What is asked. */
  readonly input: unknown
}

/**
 * What goes wrong with one call. `before` and `after` say whether its effect happened; a crashed worker hears nothing more,
 * and neither does anybody from it. A frozen one goes on when it thaws, even past the time-out that should have ended it.
 */
export type Fault =
  | { readonly kind: 'error'; readonly when: 'before' | 'after' }
  /** Nobody answers, and the caller gives up; `late`: the effect happens after that. */
  | { readonly kind: 'timeout'; readonly when: 'before' | 'after' | 'late' }
  | { readonly kind: 'reply'; readonly reply: Reply; readonly when?: 'before' | 'after' }
  | { readonly kind: 'crash'; readonly when: 'before' | 'after' }
  | { readonly kind: 'freeze'; readonly ms: number }
  /** The worker stands still before its call takes effect: for so long, or until all others have nothing in hand. */
  | { readonly kind: 'park'; readonly ms?: number }
  /** The service took part of what it was sent, and says so. */
  | { readonly kind: 'partial' }
  /** The service says nothing that makes sense. */
  | { readonly kind: 'garbage' }

/** One call as its adapter makes it. */
export type Outgoing<T> = {
  readonly service: IoCall['service']
  readonly operation: string
  readonly input: unknown
  readonly apply: () => T
  /** Does all but the last part of it, where the service can. */
  readonly applyPartly?: (() => T) | undefined
  /** How long the caller waits for an answer. */
  readonly patienceMs?: number
}

const LATENCY_MS = { atlas: 50, hr: 50, table: 5, bus: 5, queue: 5, secrets: 5 }
/** Three tries of three seconds. */
const AWS_PATIENCE_MS = 9_000
const LATE_MS = 1_500
/** Whoever is parked waits for what comes within this, and for all that is in hand then; an attempt has time for it. */
const LEAST_PARKED_MS = 3_000
const MOST_PARKED_MS = 12_000
const LOOK_MS = 250
const OUTAGE: Fault = { kind: 'error', when: 'before' }

/** Who lives, who stands still until when, and which services fail whoever calls them. */
export type Fates = {
  readonly dead: Set<string>
  readonly frozen: Map<string, number>
  readonly outages: Set<IoCall['service']>
  /** Worker → how many invocations it has begun. */
  readonly invocations: Map<string, number>
  /** Worker → the last invocation that is over. */
  readonly ended: Map<string, number>
}

export function newFates(): Fates {
  return {
    dead: new Set(),
    frozen: new Map(),
    outages: new Set(),
    invocations: new Map(),
    ended: new Map(),
  }
}

type Options = {
  readonly time: VirtualTime
  readonly fates: Fates
  readonly calls: IoCall[]
  readonly faultFor: (call: IoCall) => Fault | undefined
}

/** Makes calls take their time, and go wrong where the test wants it. */
export function faultyIo({ time, fates, calls, faultFor }: Options) {
  const { dead, frozen, outages, invocations, ended } = fates
  const never = new Promise<never>(() => undefined)

  /** Who stands still until all others have nothing in hand. */
  const parked = new Map<string, Promise<void>>()

  function isAtWork(worker: string): boolean {
    const isStill = dead.has(worker) || frozen.has(worker) || parked.has(worker)
    return !isStill && ended.get(worker) !== invocations.get(worker)
  }

  async function othersDone(): Promise<void> {
    let waited = 0
    for (; waited < LEAST_PARKED_MS; waited += LOOK_MS) await time.wait(LOOK_MS)
    for (; waited < MOST_PARKED_MS && [...invocations.keys()].some(isAtWork); waited += LOOK_MS)
      await time.wait(LOOK_MS)
  }

  async function park(worker: string, ms: number | undefined): Promise<void> {
    if (ms !== undefined) frozen.set(worker, time.now().getTime() + ms)
    else parked.set(worker, othersDone())
    await alive(worker)
    parked.delete(worker)
  }

  /** Goes on as far as the worker does: a frozen one later, a dead one never. */
  async function alive(worker: string): Promise<void> {
    await parked.get(worker)
    const until = frozen.get(worker)
    if (until !== undefined) {
      await time.wait(until - time.now().getTime())
      frozen.delete(worker)
    }
    if (dead.has(worker)) await never
  }

  async function call<T>(worker: string, role: Role, outgoing: Outgoing<T>): Promise<T> {
    if (dead.has(worker)) return await never
    const { service, operation, input } = outgoing
    const invocation = invocations.get(worker) ?? 0
    const made = { worker, role, service, operation, index: calls.length, invocation, input }
    calls.push(made)
    const chosen = faultFor(made)
    if (chosen?.kind === 'park') await park(worker, chosen.ms)
    const fault = chosen?.kind === 'park' ? undefined : chosen
    // What is on its way arrives, whatever becomes of the sender meanwhile; the way back takes no time that anybody could notice.
    await time.wait(2 * LATENCY_MS[service] * time.random())
    if (outages.has(service) && !fault) return await failed(worker, outgoing, OUTAGE)
    if (fault && isBefore(fault)) return await failed(worker, outgoing, fault)

    const { apply, applyPartly = apply } = outgoing
    const result = fault?.kind === 'partial' ? applyPartly() : apply()
    if (fault?.kind === 'crash') dead.add(worker)
    if (fault?.kind === 'freeze') frozen.set(worker, time.now().getTime() + fault.ms)
    if (dead.size + frozen.size + parked.size > 0) await alive(worker)
    return fault ? await failed(worker, outgoing, fault, result) : result
  }

  /** How a call with a fault ends, if it ends. */
  async function failed<T>(worker: string, outgoing: Outgoing<T>, fault: Fault, result?: T): Promise<T> {
    if (fault.kind === 'crash') dead.add(worker)
    await alive(worker)
    switch (fault.kind) {
      case 'crash':
        return await never
      case 'freeze':
      case 'park':
      case 'partial':
        return result as T
      case 'error':
        throw failureOf(outgoing.service)
      case 'timeout': {
        const { patienceMs = AWS_PATIENCE_MS } = outgoing
        if (fault.when === 'late') time.after(patienceMs + LATE_MS, outgoing.apply)
        await time.wait(patienceMs)
        await alive(worker)
        throw Object.assign(failureOf(outgoing.service), { code: 'TIMEOUT' })
      }
      case 'reply':
        return fault.reply as T
      case 'garbage':
        return {} as T
    }
  }

  return { call, alive }
}

function isBefore(fault: Fault): boolean {
  return 'when' in fault ? fault.when !== 'after' : fault.kind === 'reply'
}

function failureOf(service: string): Error {
  return Object.assign(new Error(`${service} failed`), { name: 'ServiceUnavailable' })
}
