import { type Interpreted, interpretSecret, readEntries, weaknessOf } from '../secret-entries.ts'
import { digestOf, type Entry, ownerOf, type Verified, type Verifier, verify } from '../verification.ts'

/** The digests of the tokens that count, with the source that each stands for. */
export type ScimTokens = { readonly tokens: readonly Entry[] }

const TOKEN = /^[\w.~+/=-]{1,4096}$/

/** Interprets the SCIM secret, `{ "tokens": { "entra": ["…", "…"] } }`. @returns `undefined` if it is no JSON object */
export function interpretScimSecret(text: string): Interpreted<ScimTokens> | undefined {
  return interpretSecret(text, { tokens: (given) => readEntries(given, 'tokens', 'scim', readToken) })
}

function readToken(text: string) {
  const isSendable = TOKEN.test(text)
  const why = weaknessOf(text) ?? (isSendable ? undefined : 'expected characters of a bearer token only')
  return why ? { why } : { value: digestOf(text) }
}

/** Verifies the bearer token of a request, without asking anybody about one that is missing. */
export async function verifyBearer(
  secret: Verifier<ScimTokens>,
  authorization: string | undefined,
): Promise<Verified> {
  if (authorization === undefined) return { kind: 'refused', reason: 'no_token' }
  const token = /^Bearer +(\S+)$/i.exec(authorization)?.[1] ?? ''
  if (!TOKEN.test(token)) return { kind: 'refused', reason: 'not_a_bearer_token' }
  return await verify(secret, ({ tokens }) => ownerOf(tokens, token), 'unknown_token')
}
