import type { DynamoDbDouble, DynamoDbInput } from './doubles/dynamodb-double.ts'
import type { WriteUnits } from './doubles/write-units.ts'

/** What is called. */
type Target = {
  readonly party: 'atlas' | 'aws'
  readonly service: 'Atlas' | 'DynamoDB' | 'EventBridge' | 'SQS' | 'Secrets Manager'
  readonly operation: string
  /** The kind of a DynamoDB item, as its key begins: `case`, `org`, `lock`. */
  readonly item?: string
}

/** One call to Atlas or to an AWS service, as the virtual clock saw it. */
export type Call = Target & {
  readonly startedAt: Date
  readonly endedAt: Date
  /** What a write to DynamoDB was charged. */
  readonly units?: WriteUnits
}

type Options = {
  readonly now: () => Date
  /** Lets a call take its time. */
  readonly wait: (party: Target['party']) => Promise<void>
  readonly onCall?: ((call: Call) => void) | undefined
}

const READS: ReadonlySet<string> = new Set(['GetItem', 'BatchGetItem', 'Query'])

/** Lets calls take their time, and reports each when it has ended. */
export function callLog({ now, wait, onCall }: Options) {
  async function call<T>(target: Target, apply: () => T, unitsAfter?: () => WriteUnits): Promise<T> {
    const startedAt = now()
    await wait(target.party)
    try {
      return apply()
    } finally {
      onCall?.({ ...target, startedAt, endedAt: now(), ...(unitsAfter && { units: unitsAfter() }) })
    }
  }

  return {
    call: <T>(target: Target, apply: () => T) => call(target, apply),
    /** A command to a table. */
    command<T>(
      table: DynamoDbDouble,
      { operation, input }: { readonly operation: string; readonly input: DynamoDbInput },
      apply: () => T,
    ): Promise<T> {
      const target = { party: 'aws', service: 'DynamoDB', operation, item: kindsIn(input) } as const
      return call(target, apply, READS.has(operation) ? undefined : table.lastWrite)
    },
  }
}

function kindsIn({ Key, Item, RequestItems = {}, IndexName }: DynamoDbInput): string {
  const keys = Object.values(RequestItems).flatMap(({ Keys = [] }) => Keys)
  const named = [Key, Item, ...keys].flatMap((attributes) => attributes?.pk?.S?.split('#')[0] ?? [])
  return IndexName === undefined ? named.join(', ') : `index ${IndexName}`
}
