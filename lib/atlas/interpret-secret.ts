import { parseJson } from '../words/body.ts'
import { type SecretValue, secretText } from '../words/secret-text.ts'
import type { AtlasCredential } from './credential.ts'

/** The credential that a secret holds, or why it holds none that can be used. */
export type InterpretedSecret =
  | {
      readonly kind: 'read'
      readonly credential: AtlasCredential
      /** The name under which Atlas knows the credential. It is not secret. */
      readonly actor: string
    }
  | { readonly kind: 'unread'; readonly code: string }

/**
 * Interprets a secret: JSON of `{ clientId, clientSecret, orgId }` or `{ publicKey, privateKey, orgId }`, whatever else a rotation
 * adds, in any form that `secretText` understands, with blanks and line breaks around names and values. A code names the wrong field and
 * never its content.
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
  const { orgId: own, clientId, clientSecret, publicKey, privateKey } = fields
  if (!/^[a-f0-9]{24}$/.test(own)) return unread('SECRET_BAD_ORG_ID')
  if (own !== orgId) return unread('SECRET_OTHER_ORG')
  return isKey
    ? { kind: 'read', credential: { kind: 'api_key', publicKey, privateKey }, actor: publicKey }
    : { kind: 'read', credential: { kind: 'service_account', clientId, clientSecret }, actor: clientId }
}

const KEY_FIELDS = ['orgId', 'publicKey', 'privateKey'] as const
const ACCOUNT_FIELDS = ['orgId', 'clientId', 'clientSecret'] as const

const NONE = { orgId: '', clientId: '', clientSecret: '', publicKey: '', privateKey: '' }
type Fields = Readonly<typeof NONE>

/**
 * Tells by their beginnings whether values were swapped: a secret in the place of a name would be shown as a name. An API key's private
 * half is a UUID, the public half never is.
 */
function isSwapped({ clientId, clientSecret, publicKey, privateKey }: Fields): boolean {
  const isAny = (prefix: string, ...texts: readonly string[]) => texts.some((text) => text.startsWith(prefix))
  return (
    isAny('mdb_sa_sk_', clientId, publicKey, privateKey) ||
    isAny('mdb_sa_id_', clientSecret, publicKey, privateKey) ||
    /^[0-9a-f]{8}-[0-9a-f]{4}-/i.test(publicKey)
  )
}

/** Reads the fields that are texts, without the blanks and quotes around them. A field that we know and that is missing is empty. */
function fieldsIn(text: string): Fields | undefined {
  const object = parseJson(text)
  if (typeof object !== 'object' || object === null) return undefined
  const texts = Object.entries(object).filter((entry) => typeof entry[1] === 'string')
  const trimmed = texts.map(([name, value]) => [name.trim(), trimmedValue(value)])
  return { ...NONE, ...Object.fromEntries(trimmed) }
}

function trimmedValue(value: string): string {
  const text = value.trim()
  return text.replace(/^"(.*)"$/, '$1').trim()
}

function unread(code: string) {
  return { kind: 'unread', code } as const
}
