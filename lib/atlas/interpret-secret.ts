import { parseJson } from '../words/body.ts'
import { type SecretValue, secretText } from '../words/secret-text.ts'
import type { AtlasCredential } from './credential.ts'

/** What one secret says: with what an organization is opened, or why it says nothing. */
export type InterpretedSecret =
  | {
      readonly kind: 'read'
      readonly credential: AtlasCredential
      /** The name under which Atlas knows the credential: no secret. */
      readonly actor: string
    }
  | { readonly kind: 'unread'; readonly code: string }

/**
 * Interprets a secret: JSON of `{ clientId, clientSecret, orgId }` or `{ publicKey, privateKey, orgId }`, whatever else a rotation
 * adds, in whatever form `secretText` understands, with blanks and line breaks around names and values. A code names the field that is
 * wrong and never tells what it holds.
 *
 * @param orgId - the organization that it must be for
 */
export function interpretSecret(value: SecretValue, orgId: string): InterpretedSecret {
  const fields = fieldsIn(secretText(value))
  if (!fields) return unread('SECRET_NOT_JSON')
  const isKey = !fields.clientId && !fields.clientSecret && (fields.publicKey || fields.privateKey)
  for (const name of isKey ? KEY_FIELDS : ACCOUNT_FIELDS) {
    const word = name.replace(/[A-Z]/g, '_$&').toUpperCase()
    if (!fields[name]) return unread(`SECRET_LACKS_${word}`)
    if (!/^[\x21-\x7e]+$/.test(fields[name])) return unread(`SECRET_UNPRINTABLE_${word}`)
  }
  if (isSwapped(fields)) return unread('SECRET_SWAPPED_FIELDS')
  const { orgId: own = '', clientId = '', clientSecret = '', publicKey = '', privateKey = '' } = fields
  if (!/^[a-f0-9]{24}$/.test(own)) return unread('SECRET_BAD_ORG_ID')
  if (own !== orgId) return unread('SECRET_OTHER_ORG')
  return isKey
    ? { kind: 'read', credential: { kind: 'api_key', publicKey, privateKey }, actor: publicKey }
    : { kind: 'read', credential: { kind: 'service_account', clientId, clientSecret }, actor: clientId }
}

const KEY_FIELDS = ['orgId', 'publicKey', 'privateKey'] as const
const ACCOUNT_FIELDS = ['orgId', 'clientId', 'clientSecret'] as const

type Fields = Readonly<Partial<Record<(typeof KEY_FIELDS | typeof ACCOUNT_FIELDS)[number], string>>>

/**
 * Tells by their beginnings whether values stand in each other's place: a secret in the place of a name would be shown as a name. An
 * API key's private half is a UUID, the public half never is.
 */
function isSwapped({ clientId, clientSecret, publicKey, privateKey }: Fields): boolean {
  const isAny = (prefix: string, ...texts: readonly (string | undefined)[]) =>
    texts.some((text) => text?.startsWith(prefix))
  return (
    isAny('mdb_sa_sk_', clientId, publicKey, privateKey) ||
    isAny('mdb_sa_id_', clientSecret, publicKey, privateKey) ||
    /^[0-9a-f]{8}-[0-9a-f]{4}-/i.test(publicKey ?? '')
  )
}

/** Reads the fields we know, and of them only texts, without the blanks and quotes that surround them. */
function fieldsIn(text: string): Fields | undefined {
  const object = parseJson(text)
  if (typeof object !== 'object' || object === null) return undefined
  const texts = Object.entries(object).filter((entry) => typeof entry[1] === 'string')
  return Object.fromEntries(
    texts.map(([name, value]) => [
      name.trim(),
      value
        .trim()
        .replace(/^"(.*)"$/, '$1')
        .trim(),
    ]),
  )
}

function unread(code: string) {
  return { kind: 'unread', code } as const
}
