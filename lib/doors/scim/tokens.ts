import {
  type Interpreted,
  type ReadValue,
  readEntries,
  readSecret,
  unknownParts,
  weaknessOf,
} from '../secret-entries.ts'
import { digestOf, type Entry, ownerOf, type Verified, type Verifier, verify } from '../verification.ts'

/** The digests of the tokens that count, with the source that each stands for. */
export type ScimTokens = { readonly digests: readonly Entry[] }

const TOKEN = /^[\w.~+/=-]{1,4096}$/

/** Interprets the SCIM secret, `{ "tokens": { "entra": ["…", "…"] } }`. @returns `undefined` if it is no JSON object */
export function interpretScimSecret(text: string): Interpreted<ScimTokens> | undefined {
  const secret = readSecret(text)
  if (!secret) return undefined
  const { entries, refused } = readEntries(secret.tokens, 'tokens', 'scim', readToken)
  return { keys: { digests: entries }, refused: [...unknownParts(secret, ['tokens']), ...refused] }
}

const readToken: ReadValue<Buffer> = (text) => {
  const why =
    weaknessOf(text) ?? (TOKEN.test(text) ? undefined : 'expected characters of a bearer token only')
  return why ? { why } : { value: digestOf(text) }
}

/** Verifies the bearer token of a request, without asking anybody about one that is missing. */
export async function verifyBearer(
  tokens: Verifier<ScimTokens>,
  authorization: string | undefined,
): Promise<Exclude<Verified, { kind: 'refused' }> | { readonly kind: 'refused'; readonly reason: string }> {
  if (authorization === undefined) return { kind: 'refused', reason: 'no_token' }
  const token = /^Bearer +(\S+)$/i.exec(authorization)?.[1] ?? ''
  if (!TOKEN.test(token)) return { kind: 'refused', reason: 'not_a_bearer_token' }
  const verified = await verify(tokens, ({ digests }) => ownerOf(digests, token))
  return verified.kind === 'refused' ? { kind: 'refused', reason: 'unknown_token' } : verified
}
