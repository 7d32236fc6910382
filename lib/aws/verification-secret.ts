import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import type { Journal } from '../core/journal.ts'
import type { Clock } from '../core/ports.ts'
import type { Interpreted } from '../doors/secret-entries.ts'
import type { Unavailable, Verifier } from '../doors/verification.ts'
import { secretText } from '../words/secret-text.ts'
import { readSecret } from './read-secret.ts'

type Options<Keys> = {
  readonly client: SecretsManagerClient
  readonly secretId: string
  /** What the secret is called in logs. */
  readonly name: string
  /** @returns `undefined` if nothing in the text can be understood */
  readonly interpret: (text: string) => Interpreted<Keys> | undefined
  readonly clock: Clock
  readonly journal: Journal
}

const TTL_MS = 300_000
/** A stranger with a wrong token must not make us ask Secrets Manager more often than this. */
const RENEW_EVERY_MS = 10_000
/** Requests that come together share one failure. */
const TRY_AGAIN_AFTER_MS = 1_000
/** Outages of Secrets Manager are shorter. After this time, assume that somebody forbade us to read the secret, so that nobody gets in. */
const LONGEST_UNREAD_MS = 3_600_000

/**
 * Keys from Secrets Manager. Once a deleted or empty secret is read, nobody gets in. The same is true of a secret that cannot be understood,
 * but then callers are asked to try again. While the secret cannot be read, the keys that were read last are valid for an hour.
 */
export function verificationSecret<Keys extends object>(options: Options<Keys>): Verifier<Keys> {
  const { clock } = options
  let known: { readonly keys: Keys; readonly at: Date } | undefined
  let failed: Unavailable = { kind: 'unavailable', code: 'SECRET_TIMEOUT' }
  let triedAt = new Date(0)
  let reading: Promise<Keys | Unavailable> | undefined

  async function readNow(): Promise<Keys | Unavailable> {
    triedAt = clock.now()
    const answer = await readKeys(options)
    reading = undefined
    if ('keys' in answer) {
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
  const isWithin = (at: Date, ms: number) => clock.now().getTime() - at.getTime() < ms
  const knownWithin = (ms: number) => (known && isWithin(known.at, ms) ? known.keys : undefined)
  const fallback = () => knownWithin(LONGEST_UNREAD_MS) ?? failed

  return {
    async current() {
      const keys = knownWithin(TTL_MS)
      if (keys) return keys
      const answer = reading || !isWithin(triedAt, TRY_AGAIN_AFTER_MS) ? await read() : failed
      return answer === failed ? fallback() : answer
    },
    async renewed() {
      return !reading && isWithin(triedAt, RENEW_EVERY_MS) ? fallback() : await read()
    },
  }
}

const WRONG_SHAPE = 'SECRET_WRONG_SHAPE'
/** A secret that is not there has no keys. */
const GONE: ReadonlySet<string> = new Set(['SECRET_NOT_FOUND', 'SECRET_DELETED'])

async function readKeys<Keys>(options: Options<Keys>): Promise<{ readonly keys: Keys } | Unavailable> {
  const { client, secretId, interpret, journal, name } = options
  const value = await readSecret(client, secretId)
  if ('kind' in value && !GONE.has(value.code)) return { kind: 'unavailable', code: value.code }
  const interpreted = interpret('kind' in value ? '' : secretText(value))
  const refused = interpreted?.refused ?? [{ entry: 'the whole secret', why: 'expected a JSON object' }]
  for (const one of refused) journal.note({ event: 'entry_refused', secret: name, ...one })
  return interpreted ?? { kind: 'unavailable', code: WRONG_SHAPE }
}
