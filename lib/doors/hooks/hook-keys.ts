import { isObject } from '../../senders/json.ts'
import {
  type Entries,
  entryName,
  type Interpreted,
  interpretSecret,
  isMonotonous,
  readEntries,
  weaknessOf,
} from '../secret-entries.ts'
import { digestOf, type Entry } from '../verification.ts'

/** The keys that verify webhooks, each with the source that it stands for. */
export type HookKeys = {
  /** Digests of the values that Okta may send as `Authorization`. */
  readonly okta: readonly Entry[]
  /** Signing keys of Standard Webhooks. */
  readonly standard: readonly Entry[]
  /** Secrets of HR systems' webhooks, as each system issued them. */
  readonly hr: readonly Entry[]
}

/**
 * Interprets the hook secret: `{ "okta": { "<name>": ["…"] }, "standard": { "<name>": ["whsec_…"] }, "hr": { "<system>": ["…"] } }`. One name
 * under `okta` may be `{ "authorization": ["…"], "as": "okta" }`: its hook and the log stream are one source.
 *
 * @returns `undefined` if it is no JSON object
 */
export function interpretHookSecret(text: string): Interpreted<HookKeys> | undefined {
  return interpretSecret(text, {
    okta: readOkta,
    standard: (given) => readEntries(given, 'standard', 'hook', readSigningKey),
    hr: (given) => readEntries(given, 'hr', 'hr', readHrSecret),
  })
}

function readOkta(given: unknown): Entries {
  if (!isObject(given)) return readEntries(given, 'okta', 'hook', readAuthorization)
  const named = Object.entries(given).map(([name, one]) => {
    const { as, authorization, ...more } = isObject(one) ? one : { as: undefined, authorization: one }
    return { name, as, authorization, isClosed: Object.keys(more).length === 0 }
  })
  const speaker = named.find(({ as, isClosed }) => as === 'okta' && isClosed)
  const isOdd = (one: (typeof named)[number]) => !one.isClosed || (one.as !== undefined && one !== speaker)
  const why = 'expected `authorization` and `as`: `okta`, and `as` once only'
  const odd = named.flatMap((one, at) =>
    isOdd(one) ? [{ entry: entryName('okta', one.name, at), why }] : [],
  )
  const plain = named.filter((one) => !isOdd(one)).map(({ name, authorization }) => [name, authorization])
  const read = readEntries(Object.fromEntries(plain), 'okta', 'hook', readAuthorization)
  const entries = read.entries.map((entry) =>
    entry.source === `hook/${speaker?.name}` ? { ...entry, source: 'okta' } : entry,
  )
  return { entries, refused: [...odd, ...read.refused] }
}

function readAuthorization(text: string) {
  const isSendable = /^[\x21-\x7e]([\x20-\x7e]*[\x21-\x7e])?$/.test(text)
  const why = weaknessOf(text) ?? (isSendable ? undefined : 'expected what a header can hold')
  return why ? { why } : { value: digestOf(text) }
}

/** The HR system chooses it, so a shorter one is accepted. */
function readHrSecret(text: string) {
  const isSecret = text.length >= 16 && !isMonotonous(text)
  return isSecret ? { value: Buffer.from(text) } : { why: 'expected at least 16 characters' }
}

/** 24 to 64 bytes, as the specification requires. */
function readSigningKey(text: string) {
  if (!/^whsec_[A-Za-z0-9+/]{32,86}={0,2}$/.test(text))
    return { why: 'expected `whsec_` and 24 to 64 bytes in base64' }
  const value = Buffer.from(text.slice('whsec_'.length), 'base64')
  if (value.length < 24 || value.length > 64) return { why: 'expected 24 to 64 bytes' }
  return isMonotonous(value) ? { why: 'expected more different bytes' } : { value }
}
