import { randomUUID } from 'node:crypto'
import { type EventPattern, matchesPattern } from './event-pattern.ts'
import { entryRefusal, type PutEventsEntry, requestRefusal } from './put-events.ts'
import { ACCOUNT, type Call, errorReply, jsonReply, type Reply } from './service.ts'

/** An event as EventBridge hands it to a target. */
export type EventEnvelope = {
  readonly version: '0'
  readonly id: string
  readonly 'detail-type': string
  readonly source: string
  readonly account: string
  readonly time: string
  readonly region: string
  readonly resources: readonly string[]
  readonly detail: unknown
}

export type PublishedEvent = EventEnvelope & { readonly bus: string }

/** An event of a partner: what it leaves out is filled in as EventBridge would; `bus` is `default` when left out. */
export type PartnerEvent = Partial<PublishedEvent> & Pick<EventEnvelope, 'source' | 'detail-type' | 'detail'>

export type Rule = { readonly bus: string; readonly pattern: EventPattern; readonly target: 'queue' }

export type EventBridgeOptions = {
  readonly region: string
  readonly rules: readonly Rule[]
  /** Buses that exist besides `default` and those of the rules. */
  readonly buses: readonly string[]
  readonly toQueue: (body: string) => Promise<void>
}

/**
 * EventBridge: `PutEvents`, and rules that deliver the whole envelope to the queue.
 *
 * Rules have delivered when the call is answered, so that a test need not wait. As on AWS, an event to a bus that
 * does not exist gets an id and is lost.
 */
export function eventBridge(options: EventBridgeOptions) {
  const { region, rules } = options
  const existing = new Set(['default', ...options.buses, ...rules.map((rule) => rule.bus)])
  const events: PublishedEvent[] = []
  const listeners = new Set<(event: PublishedEvent) => void>()

  async function route(bus: string, envelope: EventEnvelope) {
    for (const rule of rules) {
      const matches = rule.bus === bus && matchesPattern(rule.pattern, envelope)
      if (matches) await options.toQueue(JSON.stringify(envelope))
    }
  }

  async function take(entry: PutEventsEntry) {
    const bus = busName(entry)
    const envelope = envelopeOf(eventOf(entry), region)
    if (existing.has(bus)) {
      const event = { ...envelope, bus }
      events.push(event)
      for (const listener of listeners) listener(event)
      await route(bus, envelope)
    }
    return { EventId: envelope.id }
  }

  async function service({ operation, body, failedEntries }: Call): Promise<Reply> {
    if (operation !== 'PutEvents') return errorReply('UnknownOperationException', `No "${operation}" here`)
    const { Entries: entries } = JSON.parse(body) as { Entries: PutEventsEntry[] }
    const refusal = requestRefusal(entries)
    if (refusal) return errorReply('ValidationException', refusal)

    const results = []
    for (const [index, entry] of entries.entries()) {
      const failed = failedEntries?.indexes.includes(index)
        ? { ErrorCode: failedEntries.code, ErrorMessage: 'Scripted fault' }
        : entryRefusal(entry)
      results.push(failed ?? (await take(entry)))
    }
    const FailedEntryCount = results.filter((result) => 'ErrorCode' in result).length
    return jsonReply({ FailedEntryCount, Entries: results })
  }

  return {
    service,
    events: events as readonly PublishedEvent[],
    onEvent(listener: (event: PublishedEvent) => void) {
      listeners.add(listener)
    },
    putPartnerEvent: (event: PartnerEvent) => route(event.bus ?? 'default', envelopeOf(event, region)),
  }
}

/** Fills in what the event leaves out. */
function envelopeOf({ bus: _, ...given }: PartnerEvent, region: string): EventEnvelope {
  const time = wholeSeconds(new Date())
  return { version: '0', id: randomUUID(), account: ACCOUNT, time, region, resources: [], ...given }
}

/** `EventBusName` may be a name or an ARN. */
function busName({ EventBusName = 'default' }: PutEventsEntry): string {
  return EventBusName.replace(/^arn:.*:event-bus\//, '')
}

function eventOf(entry: PutEventsEntry): PartnerEvent {
  return {
    source: entry.Source ?? '',
    'detail-type': entry.DetailType ?? '',
    detail: JSON.parse(entry.Detail ?? '{}'),
    resources: entry.Resources ?? [],
    ...(entry.Time === undefined ? {} : { time: wholeSeconds(new Date(entry.Time * 1000)) }),
  }
}

/** EventBridge keeps no fractions of a second. */
function wholeSeconds(at: Date): string {
  return at.toISOString().replace(/\.\d+Z$/, 'Z')
}
