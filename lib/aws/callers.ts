import { Pool } from 'undici'
import * as z from 'zod/mini'
import type { Clock } from '../core/ports.ts'
import { parseJson, textOf } from '../words/body.ts'
import {
  ACT_HEADER,
  type Callers,
  digestOfAct,
  type Proved,
  type SignedAct,
  stsOrigin,
  WHO_AM_I,
  WHO_AM_I_TYPE,
} from '../words/signed-act.ts'

type Deps = { readonly region: string; readonly endpoint?: string | undefined; readonly clock: Clock }

/** STS itself accepts a signature for fifteen minutes. */
const FRESH_MS = 5 * 60_000
const TIME_OUT_MS = 5_000
const MOST_BYTES = 16 * 1024

/**
 * Proves callers by STS, as Vault and Kubernetes do for AWS: we send a request of our own, and take only date, session token and signature
 * from the proof. STS refuses it if the act, the function or any byte of the request differs from what was signed.
 *
 * @see https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html
 */
export function stsCallers({ region, endpoint, clock }: Deps): Callers {
  const { origin, host } = stsOrigin(region, endpoint)
  const pool = new Pool(origin, { allowH2: false, connect: { timeout: 3_000 } })
  return async ({ signed, proof }, { functionName, accountId }) => {
    const problem = problemOf(proof, region, clock.now())
    if (problem) return { kind: 'forged', reason: problem }
    const headers = {
      ...proof,
      host,
      'content-type': WHO_AM_I_TYPE,
      [ACT_HEADER]: digestOfAct(functionName, signed),
      accept: 'application/json',
    }
    const signal = AbortSignal.timeout(TIME_OUT_MS)
    const request = { method: 'POST' as const, path: '/', headers, body: WHO_AM_I, signal }
    const answer = await pool
      .request(request)
      .then(async (response) => ({
        status: response.statusCode,
        text: await textOf(response.body, MOST_BYTES),
      }))
      .catch(() => undefined)
    return judge(answer, accountId)
  }
}

/** The headers that must be signed, or the proof is not about this act. */
const SIGNED = ['content-type', 'host', 'x-amz-date', ACT_HEADER]

function problemOf(proof: SignedAct['proof'], region: string, now: Date): string | undefined {
  const [, scope = '', names = ''] =
    /^AWS4-HMAC-SHA256 Credential=[\w-]+\/([\w/-]+), SignedHeaders=([a-z0-9;-]+), Signature=[a-f0-9]{64}$/.exec(
      proof.authorization,
    ) ?? []
  if (scope === '') return 'the authorization is no AWS signature'
  if (scope.split('/').slice(1).join('/') !== `${region}/sts/aws4_request`)
    return `it is not for STS in ${region}`
  if (!SIGNED.every((name) => names.split(';').includes(name))) return 'it is not signed for this act'
  const [, ...parts] = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(proof['x-amz-date']) ?? []
  const [year = Number.NaN, month = 1, ...rest] = parts.map(Number)
  const at = Date.UTC(year, month - 1, ...rest)
  return Math.abs(now.getTime() - at) <= FRESH_MS
    ? undefined
    : 'it was signed more than 5 minutes ago or ahead'
}

type Answer = { readonly status: number; readonly text: string | undefined }

/** STS refuses the signature only with one of these codes. A throttled or broken STS says nothing about the caller. */
const REFUSED =
  /SignatureDoesNotMatch|InvalidClientTokenId|ExpiredToken|IncompleteSignature|MissingAuthenticationToken/

function judge(answer: Answer | undefined, accountId: string): Proved {
  const { status = 0, text = '' } = answer ?? {}
  const [code] = status >= 400 ? (REFUSED.exec(text) ?? []) : []
  if (code) return { kind: 'forged', reason: `STS answers ${code}` }
  const identity = status === 200 ? Identity.safeParse(parseJson(text)).data : undefined
  if (!identity) return { kind: 'unasked' }
  const { Arn: arn, Account } = identity.GetCallerIdentityResponse.GetCallerIdentityResult
  if (Account !== accountId) return { kind: 'forged', reason: 'its signer is of another AWS account' }
  return { kind: 'proved', caller: { arn } }
}

/** STS's answer in JSON, which it gives if asked for; else it is XML. */
const Identity = z.object({
  GetCallerIdentityResponse: z.object({
    GetCallerIdentityResult: z.object({ Arn: z.string().check(z.startsWith('arn:')), Account: z.string() }),
  }),
})
