import { createServer, type RequestListener } from 'node:http'
import { LambdaClient } from '@aws-sdk/client-lambda'
import { describe, expect, onTestFinished, test } from 'vitest'
import { ACCOUNT } from '../../infra/local/aws/service.ts'
import { onCallOf, sts } from '../../infra/local/aws/sts.ts'
import { listenOnLoopback } from '../../infra/local/loopback.ts'
import { stsCallers } from '../../lib/aws/callers.ts'
import { signAct } from '../../lib/cli/sign-act.ts'
import type { SignedAct } from '../../lib/words/signed-act.ts'

const NOW = new Date('2026-11-29T12:00:00Z')
const ADA = onCallOf('ada@example.com', 'AKIAADA')
const ACT = { action: 'release', rule: 'observing', because: 'HR-1042' }
const SELF = { functionName: 'atlas-offboarding-prod-operator', accountId: ACCOUNT }

type Signer = Partial<{ accessKeyId: string; secretAccessKey: string; sessionToken: string; region: string }>

async function sign(
  endpoint: string,
  { region = 'us-east-1', ...keys }: Signer = {},
  name = SELF.functionName,
) {
  const client = new LambdaClient({ region, credentials: { ...ADA, ...keys } })
  return await signAct(client, name, ACT, { now: NOW, endpoint })
}

async function startSts(listener = serving()) {
  const { url, close } = await listenOnLoopback(createServer(listener))
  onTestFinished(close)
  return url
}

/** What a proxy, a broken or a throttled STS would say instead. */
function saying(status: number, body: string): RequestListener {
  return (_request, response) => void response.writeHead(status).end(body)
}

function serving(): RequestListener {
  const serve = sts([ADA])
  return async (request, response) => {
    const body = (await request.toArray()).join('')
    const call = {
      service: 'sts' as const,
      operation: 'GetCallerIdentity',
      signal: new AbortController().signal,
    }
    const reply = await serve({ ...call, headers: request.headers, body })
    response.writeHead(reply.status, reply.headers).end(reply.body)
  }
}

function callersAt(endpoint: string, now = NOW) {
  const clock = { now: () => now, sleep: async () => undefined, random: () => 0 }
  return stsCallers({ region: 'us-east-1', endpoint, clock })
}

describe('an act signed by its caller', () => {
  test('is of whom STS says', async () => {
    const endpoint = await startSts()

    const proved = await callersAt(endpoint)(await sign(endpoint), SELF)

    expect(proved).toEqual({ kind: 'proved', caller: { arn: ADA.arn } })
  })

  test('is proved by name and by ARN of the function, and with a session token', async () => {
    const endpoint = await startSts()
    const arn = `arn:aws:lambda:us-east-1:${ACCOUNT}:function:${SELF.functionName}`

    const proved = await callersAt(endpoint)(await sign(endpoint, { sessionToken: 'token' }, arn), SELF)

    expect(proved).toMatchObject({ kind: 'proved' })
  })

  test.each<[string, (act: SignedAct) => SignedAct, RegExp]>([
    [
      'another act',
      (act) => ({ ...act, signed: act.signed.replace('observing', 'privileged') }),
      /SignatureDoesNotMatch/,
    ],
    ['one more blank', (act) => ({ ...act, signed: `${act.signed} ` }), /SignatureDoesNotMatch/],
    ['another date', (act) => withProof(act, { 'x-amz-date': '20261129T120100Z' }), /SignatureDoesNotMatch/],
    ['another key', (act) => withAuthorization(act, /AKIAADA/, 'AKIAGRACE'), /InvalidClientTokenId/],
    [
      'a signature that does not cover the act',
      (act) => withAuthorization(act, /;x-atlas-offboarding-act/, ''),
      /this act/,
    ],
    ['a signature that does not cover the host', (act) => withAuthorization(act, /host;/, ''), /this act/],
    ['another service', (act) => withAuthorization(act, /\/sts\//, '/s3/'), /not for STS/],
    ['no signature', (act) => withProof(act, { authorization: 'Bearer x' }), /no AWS signature/],
  ])('proves nothing of %s', async (_, changed, reason) => {
    const endpoint = await startSts()

    const proved = await callersAt(endpoint)(changed(await sign(endpoint)), SELF)

    expect(proved).toEqual({ kind: 'forged', reason: expect.stringMatching(reason) })
  })

  test('proves nothing of another function, or in another account', async () => {
    const endpoint = await startSts()
    const callers = callersAt(endpoint)
    const act = await sign(endpoint)

    expect(await callers(act, { ...SELF, functionName: 'atlas-offboarding-dev-operator' })).toMatchObject({
      kind: 'forged',
    })
    expect(await callers(act, { ...SELF, accountId: '111122223333' })).toMatchObject({ kind: 'forged' })
  })

  test('of another region is not sent to STS of this one', async () => {
    const endpoint = await startSts()

    const proved = await callersAt(endpoint)(await sign(endpoint, { region: 'eu-west-1' }), SELF)

    expect(proved).toEqual({ kind: 'forged', reason: 'it is not for STS in us-east-1' })
  })

  test.each([
    [-300, 'proved'],
    [300, 'proved'],
    [-301, 'forged'],
    [301, 'forged'],
  ])('counts for five minutes: %i seconds later it is %s', async (seconds, kind) => {
    const endpoint = await startSts()
    const callers = callersAt(endpoint, new Date(NOW.getTime() + seconds * 1_000))

    expect(await callers(await sign(endpoint), SELF)).toMatchObject({ kind })
  })

  test.each([
    ['a gateway’s page', 502, '<html>Bad gateway</html>'],
    ['a throttled STS', 400, '<Code>Throttling</Code>'],
    ['an answer that is no identity', 200, '{"Arn":"arn:aws:iam::1:user/x"}'],
    ['an endless answer', 200, ' '.repeat(20_000)],
    ['a redirect', 302, ''],
  ])('%s neither proves nor disproves it', async (_, status, body) => {
    const endpoint = await startSts(saying(status, body))

    expect(await callersAt(endpoint)(await sign(endpoint), SELF)).toEqual({ kind: 'unasked' })
  })

  test('nor does a network that fails', async () => {
    const endpoint = await startSts((request) => request.socket.destroy())

    expect(await callersAt(endpoint)(await sign(endpoint), SELF)).toEqual({ kind: 'unasked' })
  })
})

function withProof(act: SignedAct, proof: Partial<SignedAct['proof']>): SignedAct {
  return { ...act, proof: { ...act.proof, ...proof } }
}

function withAuthorization(act: SignedAct, part: RegExp, by: string): SignedAct {
  return withProof(act, { authorization: act.proof.authorization.replace(part, by) })
}
