import { GetSecretValueCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import { interpretSecretError } from '../atlas/interpret-secret.ts'
import type { Clock } from '../core/ports.ts'
import type { Unavailable, Verifier } from '../doors/verification.ts'

type Options<Keys> = {
  readonly client: SecretsManagerClient
  readonly secretId: string
  /** @returns `undefined` if the text does not have the shape */
  readonly interpret: (text: string) => Keys | undefined
  readonly clock: Clock
  /** How long the keys count without being read again. Default 300,000. */
  readonly ttlMs?: number
}

/** A stranger with a wrong token must not make us ask Secrets Manager more often than this. */
const RENEW_EVERY_MS = 10_000
/** Requests that come together share one failure. */
const TRY_AGAIN_AFTER_MS = 1_000

/** Keys from Secrets Manager. While it cannot be read, those last read stay good. */
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
    if (answer.kind === 'unavailable') {
      failed = answer
      return failed
    }
    known = { keys: answer.keys, at: clock.now() }
    return answer.keys
  }

  const read = () => {
    reading ??= readNow()
    return reading
  }
  const triedWithin = (ms: number) => clock.now().getTime() - triedAt.getTime() < ms

  return {
    async current() {
      if (known && clock.now().getTime() - known.at.getTime() < ttlMs) return known.keys
      const keys = reading || !triedWithin(TRY_AGAIN_AFTER_MS) ? await read() : failed
      return keys === failed ? (known?.keys ?? failed) : keys
    },
    async renewed() {
      return !reading && triedWithin(RENEW_EVERY_MS) ? (known?.keys ?? failed) : await read()
    },
  }
}

type Answer<Keys> = { readonly kind: 'keys'; readonly keys: Keys } | Unavailable

async function readKeys<Keys>({ client, secretId, interpret }: Options<Keys>): Promise<Answer<Keys>> {
  try {
    const { SecretString = '' } = await client.send(new GetSecretValueCommand({ SecretId: secretId }))
    const keys = interpret(SecretString)
    return keys ? { kind: 'keys', keys } : { kind: 'unavailable', code: 'SECRET_WRONG_SHAPE' }
  } catch (error) {
    const reading = interpretSecretError(error)
    return { kind: 'unavailable', code: reading.kind === 'unread' ? reading.code : 'SECRET_UNREADABLE' }
  }
}
