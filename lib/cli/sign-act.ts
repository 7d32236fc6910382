import { SignatureV4 } from '@smithy/signature-v4'
import {
  ACT_HEADER,
  digestOfAct,
  type SignedAct,
  stsOrigin,
  WHO_AM_I,
  WHO_AM_I_TYPE,
} from '../words/signed-act.ts'

type Signing = ConstructorParameters<typeof SignatureV4>[0]

/** The part of an SDK client that signs. */
type Client = {
  readonly config: Pick<Signing, 'credentials' | 'sha256'> & { readonly region: () => Promise<string> }
}

/**
 * Signs an act with the caller's own AWS credentials: a request to `sts:GetCallerIdentity` that is bound to this act. Nothing is sent to STS
 * from here. The proof says for five minutes who asked for this act, and is good for nothing else.
 *
 * @param client - the client that invokes the function; its credentials and region sign, too
 * @param functionName - name or ARN of the function that is to carry the act out
 * @param endpoint - of STS, if not AWS's own
 * @throws what the credential provider throws
 */
export async function signAct(
  { config }: Client,
  functionName: string,
  request: object,
  { now, endpoint }: { readonly now: Date; readonly endpoint?: string | undefined },
): Promise<SignedAct> {
  const signed = JSON.stringify(request)
  const region = await config.region()
  const { host, hostname, protocol } = stsOrigin(region, endpoint)
  const { credentials, sha256 } = config
  const signer = new SignatureV4({ credentials, region, service: 'sts', sha256, applyChecksum: false })
  const digest = digestOfAct(functionName.split(':').at(-1) ?? '', signed)
  const headers = { host, 'content-type': WHO_AM_I_TYPE, [ACT_HEADER]: digest }
  const whoAmI = { method: 'POST', protocol, hostname, path: '/', query: {}, headers, body: WHO_AM_I }
  const { headers: made } = await signer.sign(whoAmI, { signingDate: now })
  const token = made['x-amz-security-token']
  return {
    signed,
    proof: {
      authorization: made.authorization ?? '',
      'x-amz-date': made['x-amz-date'] ?? '',
      ...(token !== undefined && { 'x-amz-security-token': token }),
    },
  }
}
