import { createRequire } from 'node:module'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { digestAuthorization } from '../../../lib/atlas/digest.ts'

type DigestHeader = (method: string, uri: string, challenge: string, userAndPassword: string) => string
const digestHeader: DigestHeader = createRequire(import.meta.url)('digest-header')

const word = fc.stringMatching(/^[a-zA-Z0-9]{1,30}$/)

/** The fields of an `Authorization` header. */
function fieldsOf(header: string): Readonly<Record<string, string>> {
  return Object.fromEntries(
    [...header.matchAll(/(\w+)=(?:"([^"]*)"|([^,\s]*))/g)].map(([, name = '', quoted, plain]) => [
      name,
      quoted ?? plain ?? '',
    ]),
  )
}

test('digestAuthorization() answers a challenge as digest-header does', () => {
  fc.assert(
    fc.property(word, word, word, word, word, (publicKey, privateKey, realm, nonce, opaque) => {
      const challenge = `Digest realm="${realm}", nonce="${nonce}", opaque="${opaque}", qop="auth"`
      const path = '/api/atlas/v2/orgs/32b6e34b3d91647abb20e7b8/users?username=ada%2Bx%40example.com'
      const theirs = fieldsOf(digestHeader('GET', path, challenge, `${publicKey}:${privateKey}`))
      const { cnonce = '', nc = '' } = theirs

      const ours = digestAuthorization(
        { realm, nonce, opaque, stale: false },
        { method: 'GET', path } as never,
        {
          publicKey,
          privateKey,
          cnonce,
          uses: Number.parseInt(nc, 16),
        },
      )

      const { response, username, uri, opaque: answered } = fieldsOf(ours)
      expect({ response, username, uri, nc: fieldsOf(ours).nc, opaque: answered }).toEqual({
        response: theirs.response,
        username: publicKey,
        uri: path,
        nc,
        opaque,
      })
    }),
    { numRuns: 500 },
  )
})
