import type { AtlasCredential } from './credential.ts'

/** What one secret says: which organization it opens and with what, or why it says nothing. */
export type Reading =
  | { readonly kind: 'read'; readonly orgId: string; readonly credential: AtlasCredential }
  | { readonly kind: 'unread'; readonly code: string }

const ORG_ID = /^[a-f0-9]{24}$/

/**
 * Interprets a secret's text: JSON of `{ clientId, clientSecret, orgId }` or `{ publicKey, privateKey, orgId }`, whatever
 * else a rotation adds. A code names the field that is wrong and never tells what it holds.
 */
export function interpretSecret(text: string): Reading {
  const fields = fieldsOf(text)
  if (!fields) return unread('SECRET_NOT_JSON')

  const { clientId, clientSecret, publicKey, privateKey, orgId } = fields
  if (!isText(orgId)) return unread('SECRET_LACKS_ORG_ID')
  if (!ORG_ID.test(orgId)) return unread('SECRET_BAD_ORG_ID')

  if (!isText(clientId) && !isText(clientSecret) && (isText(publicKey) || isText(privateKey))) {
    if (!isText(publicKey)) return unread('SECRET_LACKS_PUBLIC_KEY')
    if (!isText(privateKey)) return unread('SECRET_LACKS_PRIVATE_KEY')
    return { kind: 'read', orgId, credential: { kind: 'api_key', publicKey, privateKey } }
  }
  if (!isText(clientId)) return unread('SECRET_LACKS_CLIENT_ID')
  if (!isText(clientSecret)) return unread('SECRET_LACKS_CLIENT_SECRET')
  return { kind: 'read', orgId, credential: { kind: 'service_account', clientId, clientSecret } }
}

const CODES: ReadonlyMap<string, string> = new Map([
  ['ResourceNotFoundException', 'SECRET_NOT_FOUND'],
  ['AccessDeniedException', 'SECRET_ACCESS_DENIED'],
  ['DecryptionFailure', 'SECRET_NOT_DECRYPTED'],
  ['InvalidRequestException', 'SECRET_DELETED'], // what a secret scheduled for deletion answers
  ['ThrottlingException', 'SECRET_THROTTLED'],
  ['TimeoutError', 'SECRET_TIMEOUT'], // the SDK's name for every broken connection, too
  ['AbortError', 'SECRET_TIMEOUT'],
])

/** Interprets what Secrets Manager or the connection to it threw; by its name only, because a message may quote anything. */
export function interpretSecretError(error: unknown): Reading {
  const name = error instanceof Error ? error.name : ''
  return unread(CODES.get(name) ?? 'SECRET_UNREADABLE')
}

/** Tells whether the cause may pass by itself; otherwise a human has to repair the secret or the right to read it. */
export function mayPass(code: string): boolean {
  return code === 'SECRET_THROTTLED' || code === 'SECRET_TIMEOUT' || code === 'SECRET_UNREADABLE'
}

function fieldsOf(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const parsed: unknown = JSON.parse(text)
    return typeof parsed === 'object' && parsed !== null ? { ...parsed } : undefined
  } catch {
    return undefined // and not the parser's error, which quotes the text
  }
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== ''
}

function unread(code: string): Reading {
  return { kind: 'unread', code }
}
