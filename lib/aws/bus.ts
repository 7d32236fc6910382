import {
  type EventBridgeClient,
  PutEventsCommand,
  type PutEventsRequestEntry,
} from '@aws-sdk/client-eventbridge'
import type { AuditTrail } from '../core/ports.ts'
import type { AuditEvent } from '../words/audit-event.ts'
import { batchesOf } from '../words/batches.ts'

/** EventBridge takes 10 entries and 256 KB in one request; the rest is room for the envelope that it counts in. */
const LIMITS = { count: 10, bytes: 250_000 }

/** Publishes events on an EventBridge bus. A failure is no exception: the uid of an event that was not taken is missing from the answer. */
export function eventBus(options: { client: EventBridgeClient; busName: string }): AuditTrail {
  const { client, busName } = options

  async function put(batch: readonly Outgoing[]): Promise<readonly string[]> {
    try {
      const command = new PutEventsCommand({ Entries: batch.map(({ entry }) => entry) })
      const { Entries = [] } = await client.send(command)
      return batch.flatMap(({ uid }, index) => (Entries[index]?.EventId ? [uid] : []))
    } catch {
      return [] // Whatever the reason, the caller keeps what was not taken and publishes it again.
    }
  }

  return {
    async publish(events) {
      const outgoing = events.map((event) => ({ uid: event.uid, entry: toEntry(event, busName) }))
      const batches = batchesOf(outgoing, ({ entry }) => bytesOf(entry), LIMITS)
      return new Set((await Promise.all(batches.map(put))).flat())
    },
  }
}

type Outgoing = { readonly uid: string; readonly entry: PutEventsRequestEntry }

function toEntry(event: AuditEvent, busName: string): PutEventsRequestEntry {
  const { detailType: DetailType, at: Time } = event
  const envelope = { EventBusName: busName, Source: 'atlas.offboarding', DetailType, Time }
  return { ...envelope, Detail: JSON.stringify(event.detail) }
}

/** @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-putevents.html (calculating the entry size) */
function bytesOf({ Source = '', DetailType = '', Detail = '' }: PutEventsRequestEntry): number {
  const TIME_BYTES = 14
  return TIME_BYTES + Buffer.byteLength(Source + DetailType + Detail)
}
