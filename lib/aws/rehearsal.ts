import { Readable } from 'node:stream'
import { type DeliverDeps, deliver } from '../core/receive.ts'
import { encodeMessage } from '../senders/own-message.ts'

const SECRET = JSON.stringify({ clientId: 'rehearsal', clientSecret: 'rehearsal', orgId: '0'.repeat(24) })

/**
 * Removes nobody from nowhere, once, with the function's own code.
 *
 * Lambda gives a function's init the whole CPU and its invocations a share of it (256 MB: a seventh). What runs for the first
 * time is compiled then and there, so one removal is gone through while that is cheap, over parts that end inside this process.
 */
export async function rehearse(deps: DeliverDeps, now: Date): Promise<void> {
  const departure = {
    id: 'rehearsal:1',
    source: 'rehearsal',
    username: 'rehearsal@example.invalid',
    occurredAt: now,
  }
  const body = encodeMessage({ kind: 'departure', departure })
  await deliver(deps, { Records: [{ messageId: 'rehearsal', body }] }, new Date(now.getTime() + 10_000))
}

/** What AWS would answer, by the operation that the SDK names in its request; everything else is an empty success. */
const ANSWERS: Readonly<Record<string, unknown>> = {
  GetSecretValue: { SecretString: SECRET },
  Query: { Items: [], Count: 0 },
  PutEvents: { FailedEntryCount: 0, Entries: [{ EventId: 'rehearsal' }] },
}

/** Options under which SDK clients serialize and sign as ever, and send nothing. */
export const REHEARSAL_AWS = {
  region: 'us-east-1',
  credentials: { accessKeyId: 'rehearsal', secretAccessKey: 'rehearsal' },
  maxAttempts: 1,
  requestHandler: {
    async handle({ headers }: { readonly headers: Readonly<Record<string, string>> }) {
      const operation = headers['x-amz-target']?.split('.').at(-1) ?? ''
      const body = Readable.from([Buffer.from(JSON.stringify(ANSWERS[operation] ?? {}))])
      return {
        response: { statusCode: 200, headers: { 'content-type': 'application/x-amz-json-1.0' }, body },
      }
    },
  },
} as const
