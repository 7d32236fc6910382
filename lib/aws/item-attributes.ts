import type { AttributeValue } from '@aws-sdk/client-dynamodb'
import type { Item, Written } from './table.ts'
import { OPENS } from './table-schema.ts'

/** The attribute that keeps an effect. */
export function placeOf(uid: string): 'outbox' | 'opens' {
  return uid.startsWith(OPENS) ? 'opens' : 'outbox'
}

/** The effects that a write adds, as attributes. */
export function addedBy({ adds }: Written): Record<string, AttributeValue> {
  return Object.fromEntries(Object.entries(adds?.effects ?? {}).map(([uid, effect]) => [uid, { S: effect }]))
}

/** The digests that a write adds, as a map. */
export function digestsOf({ adds }: Written): Record<string, AttributeValue> {
  return Object.fromEntries(
    Object.entries(adds?.digests ?? {}).map(([number, kept]) => [number, { S: kept }]),
  )
}

type Attributes = Record<string, AttributeValue>
type Texts = Readonly<Record<string, string>>

/** The maps of a new item, to which later writes add. DynamoDB adds nothing to a map that is not there. */
export function mapsOf(effects: Texts = {}, digests: Texts = {}): Attributes {
  const at = (place: string) =>
    Object.fromEntries(Object.entries(effects).filter(([uid]) => placeOf(uid) === place))
  return { outbox: mapOf(at('outbox')), opens: mapOf(at('opens')), digests: mapOf(digests) }
}

function mapOf(all: Texts): AttributeValue {
  return { M: Object.fromEntries(Object.entries(all).map(([name, value]) => [name, { S: value }])) }
}

/** What a write sets, except what it adds to outbox and digests. */
export function toAttributes({ pk, version, writeId, body, keys, expiresAt, adds }: Written): Attributes {
  const isAdding = adds && Object.keys(adds.effects).length > 0
  return {
    ...Object.fromEntries(Object.entries(keys).map(([name, value]) => [name, { S: value }])),
    pk: { S: pk },
    version: { N: String(version) },
    writeId: { S: writeId },
    body: { S: body },
    ...(expiresAt !== undefined && { expiresAt: { N: String(expiresAt) } }),
    ...(isAdding && { mark: { S: writeId }, outboxKey: { S: 'outbox' }, outboxAt: { S: adds.at } }),
  }
}

/** Reads an item. An attribute that the ledger did not write like this reads as empty, so that only this item is unreadable. */
export function toItem(attributes: Attributes): Item {
  const {
    pk,
    version,
    writeId,
    body,
    expiresAt,
    outbox,
    opens,
    digests,
    mark,
    outboxKey: _,
    outboxAt,
    ...keys
  } = attributes
  return {
    pk: text(pk),
    version: Number(version?.N),
    writeId: text(writeId),
    body: text(body),
    keys: texts(keys),
    ...(expiresAt && { expiresAt: Number(expiresAt.N) }),
    outbox: {
      effects: { ...effectsIn('outbox', outbox), ...effectsIn('opens', opens) },
      ...(mark && { mark: text(mark) }),
      ...(outboxAt && { since: text(outboxAt) }),
    },
    digests: texts(digests?.M ?? {}),
  }
}

/** An effect in the wrong place was not put there by a commit. */
function effectsIn(place: 'outbox' | 'opens', value: AttributeValue | undefined): Record<string, string> {
  const entries = Object.entries(texts(value?.M ?? {}))
  return Object.fromEntries(entries.filter(([uid]) => placeOf(uid) === place))
}

function texts(attributes: Attributes): Record<string, string> {
  return Object.fromEntries(Object.entries(attributes).map(([name, value]) => [name, text(value)]))
}

export function text(value: AttributeValue | undefined): string {
  return value?.S ?? ''
}
