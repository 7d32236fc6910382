import { createHash, createHmac } from 'node:crypto'
import { ACCOUNT, type Call, type Reply, type Service } from './service.ts'

/** A caller of this machine: what they sign with, and who AWS would say they are. */
export type LocalCaller = {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly arn: string
}

/** Somebody of on-call, signed in with IAM Identity Center. */
export function onCallOf(name: string, accessKeyId: string): LocalCaller {
  const role = 'AWSReservedSSO_OnCall_0123456789abcdef'
  return {
    accessKeyId,
    secretAccessKey: 'local',
    arn: `arn:aws:sts::${ACCOUNT}:assumed-role/${role}/${name}`,
  }
}

/**
 * `GetCallerIdentity` of STS: names the caller who signed a request, and refuses one whose signature does not match.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
export function sts(callers: readonly LocalCaller[]): Service {
  return async (call) => {
    const caller = callers.find(({ accessKeyId }) => accessKeyId === accessKeyIn(call))
    if (!caller) return refusal('InvalidClientTokenId')
    if (!isSignedBy(caller, call)) return refusal('SignatureDoesNotMatch')
    const GetCallerIdentityResult = {
      Account: ACCOUNT,
      Arn: caller.arn,
      UserId: `AROALOCAL:${caller.accessKeyId}`,
    }
    return json(200, { GetCallerIdentityResponse: { GetCallerIdentityResult } })
  }
}

const AUTHORIZATION =
  /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/(\w+)\/aws4_request, SignedHeaders=([^,]+), Signature=([a-f0-9]{64})$/

function accessKeyIn({ headers }: Call): string | undefined {
  return AUTHORIZATION.exec(headers.authorization ?? '')?.[1]
}

function isSignedBy({ secretAccessKey }: LocalCaller, { headers, body }: Call): boolean {
  const [, , day = '', region = '', service = '', names = '', signature] =
    AUTHORIZATION.exec(headers.authorization ?? '') ?? []
  const signed = names.split(';').map((name) => `${name}:${String(headers[name] ?? '').trim()}\n`)
  const canonical = ['POST', '/', '', signed.join(''), names, sha256(body)].join('\n')
  const scope = `${day}/${region}/${service}/aws4_request`
  const text = ['AWS4-HMAC-SHA256', headers['x-amz-date'], scope, sha256(canonical)].join('\n')
  const key = [day, region, service, 'aws4_request'].reduce<string | Buffer>(hmac, `AWS4${secretAccessKey}`)
  return hmac(key, text).toString('hex') === signature && service === 'sts'
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest()
}

function refusal(Code: string): Reply {
  return json(403, { Error: { Code, Type: 'Sender' } })
}

function json(status: number, body: object): Reply {
  return { status, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }
}
