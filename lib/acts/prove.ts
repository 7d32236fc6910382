import * as z from 'zod/mini'
import { closedObject } from '../senders/closed-object.ts'
import { problemOf } from '../senders/fields.ts'
import { parseInput } from '../words/body.ts'
import type { Caller } from '../words/caller.ts'
import type { Callers, Self, SignedAct } from '../words/signed-act.ts'
import type { Refusal } from './act.ts'

/** A request to carry out. Without `caller` nothing proves who sent it. */
type Unwrapped = { readonly request: unknown; readonly caller?: Caller }

const Header = z.string().check(z.regex(/^[\x20-\x7e]{1,4096}$/, 'expected a header'))
const Signed = closedObject(
  {
    signed: z.string('expected an act as JSON').check(z.maxLength(256 * 1024, 'expected at most 256 KB')),
    proof: closedObject(
      { authorization: Header, 'x-amz-date': Header, 'x-amz-security-token': z.optional(Header) },
      'expected the headers of a signed request to STS',
    ),
  },
  'expected a signed act',
)

/**
 * Checks who sent an act, and unwraps it. An act without a proof is carried out too, because it may be the only way left at 3 a.m., but as
 * `unverified`; so is an act whose proof STS could not be asked about. A false proof is refused.
 */
export async function unwrap(callers: Callers, body: unknown, self: Self): Promise<Unwrapped | Refusal> {
  if (typeof body !== 'object' || body === null || !('signed' in body)) return { request: body }
  const read = Signed.safeParse(body)
  if (!read.success) return { error: problemOf(read.error) }
  const act = read.data as SignedAct
  const request = parseInput(act.signed)
  if (request === undefined) return { error: '`signed`: expected an act as JSON with no key twice' }
  const proved = await callers(act, self)
  switch (proved.kind) {
    case 'proved':
      return { request, caller: proved.caller }
    case 'unasked':
      return { request }
    case 'forged':
      return { error: `\`proof\`: ${proved.reason}; nothing was done` }
  }
}
