/**
 * Stands in for `@aws-sdk/util-dynamodb`, which Powertools' idempotency imports and the project does not install. It is smaller than the real
 * one, so the reference is not made slower by it.
 */
type Attribute =
  | { readonly S: string }
  | { readonly N: string }
  | { readonly M: Readonly<Record<string, Attribute>> }

/** Writes a plain object as DynamoDB's attributes; undefined fields are left out. */
export function marshall(item: object): Record<string, Attribute> {
  const entries = Object.entries(item).filter(([, value]) => value !== undefined)
  return Object.fromEntries(entries.map(([name, value]) => [name, attributeOf(value)]))
}

function attributeOf(value: unknown): Attribute {
  if (typeof value === 'object' && value !== null) return { M: marshall(value) }
  return typeof value === 'number' ? { N: String(value) } : { S: String(value) }
}

/** Reads them back. */
export function unmarshall(item: Readonly<Record<string, Attribute>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(item).map(([name, value]) => [name, readValue(value)]))
}

function readValue(attribute: Attribute): unknown {
  if ('M' in attribute) return unmarshall(attribute.M)
  return 'N' in attribute ? Number(attribute.N) : attribute.S
}
