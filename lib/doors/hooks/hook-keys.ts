import { isObject } from '../../senders/json.ts'
import {
  type Entries,
  entryName,
  type Interpreted,
  isMonotonous,
  type ReadValue,
  type RefusedEntry,
  readEntries,
  readSecret,
  unknownParts,
  weaknessOf,
} from '../secret-entries.ts'
import { digestOf, type Entry } from '../verification.ts'

/** What the senders of hooks prove themselves by, with the source that each key stands for. */
export type HookKeys = {
  /** Digests of the values that Okta may send as `Authorization`. */
  readonly okta: readonly Entry[]
  /** Signing keys of Standard Webhooks. */
  readonly standard: readonly Entry[]
}

/**
 * Interprets the hook secret: `{ "okta": { "<name>": ["…"] }, "standard": { "<name>": ["whsec_…"] } }`. One name under `okta` may
 * be `{ "authorization": ["…"], "as": "okta" }`: its hook and the log stream are one source.
 *
 * @returns `undefined` if it is no JSON object
 */
export function interpretHookSecret(text: string): Interpreted<HookKeys> | undefined {
  const secret = readSecret(text)
  if (!secret) return undefined
  const okta = readOkta(secret.okta)
  const standard = readEntries(secret.standard, 'standard', 'hook', readSigningKey)
  const refused = [...unknownParts(secret, ['okta', 'standard']), ...okta.refused, ...standard.refused]
  return { keys: { okta: okta.entries, standard: standard.entries }, refused }
}

/** Tells whether a key of this stack declares `as: okta`. */
export function speaksAsOkta({ okta }: HookKeys): boolean {
  return okta.some(({ source }) => source === 'okta')
}

function readOkta(part: unknown): Entries<Buffer> {
  if (!isObject(part)) return readEntries(part, 'okta', 'hook', readAuthorization)
  const plain: Record<string, unknown> = Object.create(null)
  const refused: RefusedEntry[] = []
  let speaker: string | undefined
  for (const [at, [name, given]] of Object.entries(part).entries()) {
    const { as, authorization } = isObject(given) ? given : { as: undefined, authorization: given }
    if (as === undefined || (as === 'okta' && speaker === undefined)) plain[name] = authorization
    else refused.push({ entry: entryName('okta', name, at), why: '`as`: expected `okta`, and once only' })
    if (as === 'okta') speaker ??= name
  }
  const read = readEntries(plain, 'okta', 'hook', readAuthorization)
  const entries = read.entries.map((entry) =>
    entry.source === `hook/${speaker}` ? { ...entry, source: 'okta' } : entry,
  )
  return { entries, refused: [...refused, ...read.refused] }
}

const readAuthorization: ReadValue<Buffer> = (text) => {
  const isSendable = /^[\x21-\x7e]([\x20-\x7e]*[\x21-\x7e])?$/.test(text)
  const why = weaknessOf(text) ?? (isSendable ? undefined : 'expected what a header can hold')
  return why ? { why } : { value: digestOf(text) }
}

/** 24 to 64 bytes, as the specification wants them. */
const readSigningKey: ReadValue<Buffer> = (text) => {
  if (!/^whsec_[A-Za-z0-9+/]{32,86}={0,2}$/.test(text))
    return { why: 'expected `whsec_` and 24 to 64 bytes in base64' }
  const value = Buffer.from(text.slice('whsec_'.length), 'base64')
  if (value.length < 24 || value.length > 64) return { why: 'expected 24 to 64 bytes' }
  return isMonotonous(value) ? { why: 'expected more different bytes' } : { value }
}
