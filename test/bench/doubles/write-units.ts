import { TABLE_SCHEMA } from '../../../lib/aws/table-schema.ts'
import type { Attribute, Attributes } from './expressions.ts'

type Index = {
  readonly hash: string
  readonly range: string
  /** What it copies beside the keys. */
  readonly attributes: 'all' | readonly string[]
}

/** One write of one item, and what DynamoDB charges for it. */
export type WriteUnits = { readonly table: number; readonly indexes: number }

const UNIT_BYTES = 1_024

/**
 * Counts the units of a write: the larger of the item before and after, and one write in each index that the item enters, leaves, or whose
 * projection changed; two where the index key changed.
 *
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/GSI.html (provisioned throughput considerations)
 */
export function writeUnits(
  before: Attributes | undefined,
  after: Attributes | undefined,
  indexes: readonly Index[],
): WriteUnits {
  return {
    table: Math.max(unitsOf(before), unitsOf(after), 1),
    indexes: indexes.reduce((sum, index) => sum + indexUnits(before, after, index), 0),
  }
}

function indexUnits(before: Attributes | undefined, after: Attributes | undefined, index: Index): number {
  const [left, entered] = [entryIn(before, index), entryIn(after, index)]
  if (JSON.stringify(left) === JSON.stringify(entered)) return 0
  const isMoved = left && entered && keyOf(left, index) !== keyOf(entered, index)
  return isMoved ? unitsOf(left) + unitsOf(entered) : Math.max(unitsOf(left), unitsOf(entered))
}

function entryIn(item: Attributes | undefined, { hash, range, attributes }: Index): Attributes | undefined {
  if (!item?.[hash] || !item[range]) return undefined
  if (attributes === 'all') return item
  const copied = [TABLE_SCHEMA.hashKey, hash, range, ...attributes].toSorted()
  return Object.fromEntries(copied.flatMap((name) => (item[name] ? [[name, item[name]]] : [])))
}

function keyOf(item: Attributes, { hash, range }: Index): string {
  return JSON.stringify([item[hash], item[range]])
}

function unitsOf(item: Attributes | undefined): number {
  return item ? Math.ceil(bytesOf(item) / UNIT_BYTES) : 0
}

/** @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html */
function bytesOf(item: Attributes): number {
  return Object.entries(item).reduce(
    (sum, [name, value]) => sum + Buffer.byteLength(name) + valueBytes(value),
    0,
  )
}

function valueBytes({ S, N, M }: Attribute): number {
  if (S !== undefined) return Buffer.byteLength(S)
  if (N !== undefined) return Math.ceil(N.length / 2) + 1
  const entries = Object.keys(M ?? {}).length
  return 3 + entries + bytesOf(M ?? {})
}
