import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { EventBridgeClient } from '@aws-sdk/client-eventbridge'
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import { SQSClient } from '@aws-sdk/client-sqs'
import { expect, test } from 'vitest'
import { atlasMembers } from '../../../lib/atlas/members.ts'
import { rehearsalTransport } from '../../../lib/atlas/rehearsal-transport.ts'
import { atlasSecrets } from '../../../lib/aws/atlas-secrets.ts'
import { eventBus } from '../../../lib/aws/bus.ts'
import { dynamoDbTable } from '../../../lib/aws/dynamodb-table.ts'
import { atlasLedger } from '../../../lib/aws/ledger.ts'
import { departuresQueue } from '../../../lib/aws/queue.ts'
import { REHEARSAL_AWS, rehearse } from '../../../lib/aws/rehearsal.ts'
import type { Clock, JournalEntry } from '../../../lib/core/ports.ts'
import { encodeMessage } from '../../../lib/senders/own-message.ts'
import { later } from '../../support/cases.ts'

const CLOCK: Clock = {
  now: () => later(0),
  sleep: () => new Promise<void>(() => undefined),
  random: () => 0.5,
}

test('rehearse() goes through one whole removal, with the real SDK clients and without the network', async () => {
  const entries: JournalEntry[] = []
  const journal = { note: (entry: JournalEntry) => void entries.push(entry) }
  const organizations = atlasSecrets({
    client: new SecretsManagerClient(REHEARSAL_AWS),
    secretIds: ['any'],
    clock: CLOCK,
  })
  const table = dynamoDbTable({ client: new DynamoDBClient(REHEARSAL_AWS), tableName: 'any' })
  const members = atlasMembers({
    transport: rehearsalTransport,
    credentials: organizations,
    clock: CLOCK,
    journal,
  })
  await rehearse(
    {
      ledger: atlasLedger({ table, clock: CLOCK, uid: () => 'uid', leaseMs: 120_000, keepClosedMs: 0 }),
      members,
      projects: members.projects,
      organizations,
      audit: eventBus({ client: new EventBridgeClient(REHEARSAL_AWS), busName: 'any' }),
      queue: departuresQueue({
        client: new SQSClient(REHEARSAL_AWS),
        queueUrl: 'https://example.invalid/q',
        encode: encodeMessage,
      }),
      clock: CLOCK,
      journal,
      settings: {
        mode: 'enforce',
        protectedUsernames: [],
        holdOrgRoles: [],
        maxEventAgeMs: 1,
        maxRemovalsPerDay: 10,
        maxRemovalsPercent: 5,
        leftovers: 'off',
      },
      intake: { onSuspend: 'ignore', oktaAppIds: [] },
      heard: new Map(),
    },
    later(0),
  )

  expect(entries.map(({ event }) => event)).toEqual(
    expect.arrayContaining(['found', 'confirmed', 'outcome', 'published']),
  )
  expect(entries.find(({ event }) => event === 'outcome')).toMatchObject({ outcome: { kind: 'removed' } })
})
