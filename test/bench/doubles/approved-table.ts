import { ConditionalCheckFailedException, DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { dynamoDbTable } from '../../../lib/aws/dynamodb-table.ts'
import { atlasLedger } from '../../../lib/aws/ledger.ts'
import type { Clock } from '../../../lib/core/ports.ts'
import { type PersonState, personKey } from '../../../lib/core/returns.ts'
import { usernameOf } from '../leavers.ts'
import { type DynamoDbDouble, type DynamoDbInput, dynamoDbDouble } from './dynamodb-double.ts'

/** Lets a command take its time and then happen. */
export type Taking = <T>(operation: string, input: DynamoDbInput, apply: () => T) => Promise<T>

type Command = { readonly input: unknown; readonly constructor: { readonly name: string } }

/** A client that hands the SDK's own commands to the double, without a socket between. */
export function clientOf(table: DynamoDbDouble, taking: Taking): DynamoDBClient {
  const send = (command: Command) => {
    const operation = command.constructor.name.replace('Command', '')
    const input = command.input as DynamoDbInput
    return taking(operation, input, () => {
      const output = table.answer(operation, input)
      if (!output) throw new ConditionalCheckFailedException({ message: '', $metadata: {} })
      return output
    })
  }
  return Object.assign(new DynamoDBClient({ region: 'us-east-1' }), { send }) as DynamoDBClient
}

/**
 * A ledger's table in which a human has announced all these departures by name, as for any batch: thousands a day are over every removal
 * window, and rightly held.
 */
export async function approvedTable(leavers: number, clock: Clock): Promise<DynamoDbDouble> {
  const table = dynamoDbDouble()
  const ledger = atlasLedger({
    table: dynamoDbTable({
      client: clientOf(table, async (_, __, apply) => apply()),
      tableName: 'ledger',
    }),
    clock,
    uid: () => 'approved',
    lockMs: 0,
    keepClosedMs: 0,
  })
  const at = clock.now()
  const state: PersonState = {
    returns: {},
    approval: {
      act: 'approve',
      actor: 'bench',
      because: 'announced',
      at,
      requestId: 'bench',
      until: new Date(at.getTime() + 48 * 3_600_000),
      uses: {},
    },
  }
  for (let leaver = 0; leaver < leavers; leaver += 1)
    await ledger.change<PersonState>(personKey(usernameOf(leaver)), () => ({ state }))
  return table
}
