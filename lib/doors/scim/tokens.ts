import * as z from 'zod/mini'
import { parseJson } from '../../senders/json.ts'
import { digestOf, isOneOf, type Verified, type Verifier, verify } from '../verification.ts'

/** The digests of the tokens that count. */
export type ScimTokens = { readonly digests: readonly Buffer[] }

/** A token shorter than this could be guessed. */
const Secret = z.object({ tokens: z.array(z.string().check(z.minLength(20))).check(z.minLength(1)) })

/** Interprets the SCIM secret, `{ "tokens": ["…", "…"] }`: two count while one replaces the other. */
export function interpretScimSecret(text: string): ScimTokens | undefined {
  const secret = Secret.safeParse(parseJson(text))
  return secret.success ? { digests: secret.data.tokens.map(digestOf) } : undefined
}

/** Verifies the bearer token of a request. Nobody is asked about one that is missing. */
export async function verifyBearer(
  tokens: Verifier<ScimTokens>,
  authorization: string | undefined,
): Promise<Verified<true>> {
  const token = /^Bearer +([\w.~+/=-]{1,4096})$/i.exec(authorization ?? '')?.[1]
  if (token === undefined) return { kind: 'refused' }
  return await verify(tokens, ({ digests }) => (isOneOf(digests, token) ? true : undefined))
}
