import fc from 'fast-check'
import * as standardWebhooks from 'standardwebhooks'
import * as svix from 'svix'
import { describe, expect, test } from 'vitest'
import { isRecent, signedMessageIn, signerOf } from '../../../lib/doors/hooks/standard-webhook.ts'

type Webhook = {
  sign(id: string, at: Date, body: string): string
  verify(body: string, headers: Record<string, string>): unknown
}
type Oracle = { readonly Webhook: new (secret: string) => Webhook }

const KEY = Buffer.from('a signing key of 32 good bytes..')
const SECRET = `whsec_${KEY.toString('base64')}`
const BODY = JSON.stringify({ username: 'ada@example.com' })
const ID = 'msg_2KWPBgLlAfxdpx2AI54pPJ85f4W'

function weVerify(body: string, headers: Record<string, string>): boolean {
  const signed = signedMessageIn(headers, Buffer.from(body))
  if (!signed || !isRecent(signed.at, new Date())) return false
  return signerOf(signed, [{ source: 'hook/x', value: KEY }]) === 'hook/x'
}

function theyVerify({ Webhook }: Oracle, body: string, headers: Record<string, string>): boolean {
  try {
    new Webhook(SECRET).verify(body, headers)
    return true
  } catch {
    return false
  }
}

type Change = (headers: Record<string, string>, names: Names) => Record<string, string>
type Names = { readonly id: string; readonly timestamp: string; readonly signature: string }
const namesOf = (prefix: string): Names => ({
  id: `${prefix}-id`,
  timestamp: `${prefix}-timestamp`,
  signature: `${prefix}-signature`,
})

const change = fc.oneof(
  fc.constant<Change>((headers) => headers),
  fc.constantFrom('id', 'timestamp', 'signature').map(
    (which): Change =>
      (headers, names) =>
        Object.fromEntries(Object.entries(headers).filter(([name]) => name !== names[which as keyof Names])),
  ),
  fc
    .integer({ min: -400, max: 400 })
    .filter((seconds) => Math.abs(Math.abs(seconds) - 300) > 2)
    .map(
      (seconds): Change =>
        (headers, { timestamp }) => ({
          ...headers,
          [timestamp]: String(Number(headers[timestamp]) + seconds),
        }),
    ),
  fc.constantFrom('v1a,AAAA', 'v1,AAAA', 'v2,x', ',', 'v1', '').map(
    (other): Change =>
      (headers, { signature }) => ({ ...headers, [signature]: `${other} ${headers[signature]}` }),
  ),
  fc.nat({ max: 45 }).map(
    (at): Change =>
      (headers, { signature }) => {
        const given = headers[signature] ?? ''
        return {
          ...headers,
          [signature]: `${given.slice(0, at)}${given[at] === 'A' ? 'B' : 'A'}${given.slice(at + 1)}`,
        }
      },
  ),
)

describe.each([
  ['standardwebhooks', 'webhook', standardWebhooks],
  ['svix', 'svix', svix],
  ['svix', 'webhook', svix],
] as readonly (readonly [string, string, Oracle])[])(
  '%s with the headers %s-*',
  (_library, prefix, oracle) => {
    test('signs what we verify, and verifies what we do', () => {
      fc.assert(
        fc.property(change, fc.boolean(), (changed, isBodyChanged) => {
          const at = new Date(Math.floor(Date.now() / 1_000) * 1_000)
          const names = namesOf(prefix)
          const headers = changed(
            {
              [names.id]: ID,
              [names.timestamp]: String(at.getTime() / 1_000),
              [names.signature]: new oracle.Webhook(SECRET).sign(ID, at, BODY),
            },
            names,
          )
          const body = isBodyChanged ? `${BODY} ` : BODY

          expect(weVerify(body, headers)).toBe(theyVerify(oracle, body, headers))
        }),
        { numRuns: 1_000 },
      )
    })
  },
)
