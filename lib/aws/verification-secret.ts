import { GetSecretValueCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import type { Journal } from '../core/journal.ts'
import type { Clock } from '../core/ports.ts'
import type { Interpreted } from '../doors/secret-entries.ts'
import type { Unavailable, Verifier } from '../doors/verification.ts'

type Options<Keys> = {
  readonly client: SecretsManagerClient
  readonly secretId: string
  /** What the secret is called in logs and metrics. */
  readonly name: string
  /** @returns `undefined` if nothing in the text can be understood */
  readonly interpret: (text: string) => Interpreted<Keys> | undefined
  readonly clock: Clock
  readonly journal: Journal
  /** How long the keys count without being read again. Default 300,000. */
  readonly ttlMs?: number
}

/** A stranger with a wrong token must not make us ask Secrets Manager more often than this. */
const RENEW_EVERY_MS = 10_000
/** Requests that come together share one failure. */
const TRY_AGAIN_AFTER_MS = 1_000
/** An outage of Secrets Manager is shorter. Whoever takes the right to read the secret away wants nobody let in. */
const LONGEST_UNREAD_MS = 3_600_000

/**
 * Keys from Secrets Manager. A deleted or empty secret lets nobody in once it is read again; so does one that cannot be understood,
 * whose callers are asked to come back. While it cannot be read, the keys last read count for an hour.
 */
export function verificationSecret<Keys extends object>(options: Options<Keys>): Verifier<Keys> {
  const { clock, ttlMs = 300_000 } = options
  let known: { readonly keys: Keys; readonly at: Date } | undefined
  let failed: Unavailable = { kind: 'unavailable', code: 'SECRET_TIMEOUT' }
  let triedAt = new Date(0)
  let reading: Promise<Keys | Unavailable> | undefined

  async function readNow(): Promise<Keys | Unavailable> {
    triedAt = clock.now()
    const answer = await readKeys(options)
    reading = undefined
    if (answer.kind === 'keys') {
      known = { keys: answer.keys, at: clock.now() }
      return answer.keys
    }
    if (answer.code === WRONG_SHAPE) known = undefined
    failed = answer
    return failed
  }

  const read = () => {
    reading ??= readNow()
    return reading
  }
  const triedWithin = (ms: number) => clock.now().getTime() - triedAt.getTime() < ms
  const knownWithin = (ms: number) =>
    known && clock.now().getTime() - known.at.getTime() < ms ? known.keys : undefined
  const fallback = () => knownWithin(LONGEST_UNREAD_MS) ?? failed

  return {
    async current() {
      const keys = knownWithin(ttlMs)
      if (keys) return keys
      const answer = reading || !triedWithin(TRY_AGAIN_AFTER_MS) ? await read() : failed
      return answer === failed ? fallback() : answer
    },
    async renewed() {
      return !reading && triedWithin(RENEW_EVERY_MS) ? fallback() : await read()
    },
  }
}

type Answer<Keys> = { readonly kind: 'keys'; readonly keys: Keys } | Unavailable

const WRONG_SHAPE = 'SECRET_WRONG_SHAPE'

async function readKeys<Keys>(options: Options<Keys>): Promise<Answer<Keys>> {
  const text = await readText(options)
  if (typeof text !== 'string') return text
  const interpreted = options.interpret(text)
  const refused = interpreted?.refused ?? [{ entry: 'the whole secret', why: 'expected a JSON object' }]
  for (const one of refused) options.journal.note({ event: 'entry_refused', secret: options.name, ...one })
  return interpreted ? { kind: 'keys', keys: interpreted.keys } : { kind: 'unavailable', code: WRONG_SHAPE }
}

/** @returns an empty text for a secret that is deleted */
async function readText({ client, secretId }: Options<unknown>): Promise<string | Unavailable> {
  try {
    const { SecretString = '' } = await client.send(new GetSecretValueCommand({ SecretId: secretId }))
    return SecretString
  } catch (error) {
    const code = CODES.get(error instanceof Error ? error.name : '')
    return code === DELETED ? '' : { kind: 'unavailable', code: code ?? 'SECRET_UNREADABLE' }
  }
}

const DELETED = 'SECRET_DELETED'
/** By its name only, because a message may quote anything. */
const CODES: ReadonlyMap<string, string> = new Map([
  ['ResourceNotFoundException', DELETED],
  ['InvalidRequestException', DELETED], // what a secret scheduled for deletion answers
  ['AccessDeniedException', 'SECRET_ACCESS_DENIED'],
  ['DecryptionFailure', 'SECRET_NOT_DECRYPTED'],
  ['ThrottlingException', 'SECRET_THROTTLED'],
  ['TimeoutError', 'SECRET_TIMEOUT'], // the SDK's name for every broken connection, too
  ['AbortError', 'SECRET_TIMEOUT'],
])
