import { ConditionalCheckFailedException, DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { dynamoDbTable } from '../../../lib/aws/dynamodb-table.ts'
import { atlasLedger } from '../../../lib/aws/ledger.ts'
import type { Clock } from '../../../lib/core/ports.ts'
import { usernameOf } from '../leavers.ts'
import { type DynamoDbDouble, type DynamoDbInput, dynamoDbDouble } from './dynamodb-double.ts'

/** Lets a call take its time and then happen. */
export type Taking = <T>(apply: () => T) => Promise<T>

type Command = { readonly input: unknown; readonly constructor: { readonly name: string } }

/** A client that hands the SDK's own commands to the double, without a socket between. */
export function clientOf(table: DynamoDbDouble, taking: Taking): DynamoDBClient {
  const send = (command: Command) =>
    taking(() => {
      const operation = command.constructor.name.replace('Command', '')
      const output = table.answer(operation, command.input as DynamoDbInput)
      if (!output) throw new ConditionalCheckFailedException({ message: '', $metadata: {} })
      return output
    })
  return Object.assign(new DynamoDBClient({ region: 'us-east-1' }), { send }) as DynamoDBClient
}

/**
 * A ledger's table in which a human has announced all these departures by name, as for any batch: thousands a day are over
 * every removal window, and rightly held.
 */
export async function approvedTable(leavers: number, clock: Clock): Promise<DynamoDbDouble> {
  const table = dynamoDbDouble()
  const ledger = atlasLedger({
    table: dynamoDbTable({ client: clientOf(table, async (apply) => apply()), tableName: 'ledger' }),
    clock,
    uid: () => 'approved',
    leaseMs: 0,
    keepClosedMs: 0,
  })
  const until = new Date(clock.now().getTime() + 48 * 3_600_000)
  const approval = { until, by: 'bench', because: 'announced', requestId: 'bench' }
  for (let leaver = 0; leaver < leavers; leaver += 1)
    await ledger.changePerson(usernameOf(leaver), (state) => ({ ...state, approval }))
  return table
}
