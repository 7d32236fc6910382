import { createHash } from 'node:crypto'
import type { Caller } from './caller.ts'

/** The header that binds a signed request to one act of one function. It must be signed, too. */
export const ACT_HEADER = 'x-atlas-offboarding-act'

/** The body of every request that proves a caller. It asks who signed it, and nothing else. */
export const WHO_AM_I = 'Action=GetCallerIdentity&Version=2011-06-15'

export const WHO_AM_I_TYPE = 'application/x-www-form-urlencoded; charset=utf-8'

/**
 * What the command line sends to the writing operator function: an act, and a request to STS that its caller signed.
 * The function sends that request, and STS answers whose signature it is.
 */
export type SignedAct = {
  /** The act as JSON: a text, because the signature is over these very bytes. */
  readonly signed: string
  readonly proof: Proof
}

/** The headers of the signed request that the function cannot make itself. */
type Proof = {
  readonly authorization: string
  readonly 'x-amz-date': string
  readonly 'x-amz-security-token'?: string
}

/** The value of the header. It keeps a proof from being used for another act, or for another stage's function. */
export function digestOfAct(functionName: string, signed: string): string {
  return createHash('sha256').update(`${functionName}\n${signed}`).digest('hex')
}

/** The STS endpoint of a region. @param endpoint - used instead, if `AWS_ENDPOINT_URL_STS` sets it */
export function stsOrigin(region: string, endpoint?: string): URL {
  // China has a domain of its own; GovCloud has not.
  const domain = region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com'
  return new URL(endpoint ?? `https://sts.${region}.${domain}`)
}

/** What STS said. `forged`: the proof is for another act or account, or its signature is wrong. `unasked`: STS could not be asked. */
export type Proved =
  | { readonly kind: 'proved'; readonly caller: Caller }
  | { readonly kind: 'forged'; readonly reason: string }
  | { readonly kind: 'unasked' }

/** Asks AWS who signed an act. */
export type Callers = (act: SignedAct, self: Self) => Promise<Proved>

/** The function that was invoked. Callers of another account are refused. */
export type Self = { readonly functionName: string; readonly accountId: string; readonly region?: string }

/** Reads from an invocation's context which function was invoked. */
export function selfOf(context: {
  readonly functionName: string
  readonly invokedFunctionArn: string
}): Self {
  const [, , , region = '', accountId = ''] = context.invokedFunctionArn.split(':')
  return { functionName: context.functionName, accountId, region }
}
