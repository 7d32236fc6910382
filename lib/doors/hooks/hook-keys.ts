import * as z from 'zod/mini'
import { parseJson } from '../../senders/json.ts'
import { digestOf } from '../verification.ts'

/** What the senders of hooks prove themselves by. */
export type HookKeys = {
  /** Digests of the values that Okta may send as `Authorization`. */
  readonly okta: readonly Buffer[]
  /** Whoever signs by Standard Webhooks, by the name of their keys. */
  readonly standard: readonly { readonly name: string; readonly keys: readonly Buffer[] }[]
}

/** 24 to 64 bytes, as the specification wants them. */
const SigningKey = z.pipe(
  z.string().check(z.regex(/^whsec_[A-Za-z0-9+/]{32,86}={0,2}$/)),
  z.transform((text) => Buffer.from(text.slice('whsec_'.length), 'base64')),
)
/** Becomes part of a source, `hook/workday`. */
const Name = z.string().check(z.regex(/^[\w.-]{1,64}$/))

const Secret = z.object({
  okta: z.optional(z.object({ authorization: z.array(z.string().check(z.minLength(20))) })),
  standard: z.optional(z.record(Name, z.array(SigningKey))),
})

/**
 * Interprets the hook secret, `{ "okta": { "authorization": ["…"] }, "standard": { "workday": ["whsec_…"] } }`. Each list may
 * hold several: the old and the new one while they are changed.
 */
export function interpretHookSecret(text: string): HookKeys | undefined {
  const secret = Secret.safeParse(parseJson(text))
  if (!secret.success) return undefined
  const { okta, standard = {} } = secret.data
  return {
    okta: okta?.authorization.map(digestOf) ?? [],
    standard: Object.entries(standard).map(([name, keys]) => ({ name, keys })),
  }
}
