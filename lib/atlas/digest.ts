import { createHash } from 'node:crypto'
import { isUnauthorized } from './interpret-status.ts'
import type { Target } from './operations.ts'
import type { Reply } from './transport.ts'

export type DigestChallenge = {
  readonly realm: string
  readonly nonce: string
  readonly opaque?: string
  /** The credential was good, only the nonce too old. */
  readonly stale: boolean
}

export type DigestKey = {
  readonly publicKey: string
  readonly privateKey: string
  /** A number that the server cannot foresee, new for every answer. */
  readonly cnonce: string
}

/**
 * Sends a request the way HTTP Digest wants it: once to be challenged, once with the answer, and once more if the nonce
 * was stale. A nonce is never used again: how long Atlas lets one live is not documented.
 *
 * @returns the first answer itself if it is no challenge that we can meet
 */
export async function withDigest(
  send: (authorization?: string) => Promise<Reply>,
  sign: (challenge: DigestChallenge) => string,
): Promise<Reply> {
  const first = await send()
  const challenge = challengeOf(first)
  if (!challenge) return first

  const second = await send(sign(challenge))
  const again = challengeOf(second)
  return again?.stale ? send(sign(again)) : second
}

/**
 * Answers a challenge: MD5, `qop=auth`, first use of the nonce.
 *
 * @see https://www.rfc-editor.org/rfc/rfc7616#section-3.4
 */
export function digestAuthorization(challenge: DigestChallenge, target: Target, key: DigestKey): string {
  const { realm, nonce, opaque } = challenge
  const secret = md5(`${key.publicKey}:${realm}:${key.privateKey}`)
  const request = md5(`${target.method}:${target.path}`)
  const response = md5(`${secret}:${nonce}:00000001:${key.cnonce}:auth:${request}`)
  const fields = [
    `username=${quoted(key.publicKey)}`,
    `realm=${quoted(realm)}`,
    `nonce=${quoted(nonce)}`,
    `uri=${quoted(target.path)}`,
    'algorithm=MD5',
    'qop=auth',
    'nc=00000001',
    `cnonce=${quoted(key.cnonce)}`,
    `response=${quoted(response)}`,
    ...(opaque === undefined ? [] : [`opaque=${quoted(opaque)}`]),
  ]
  return `Digest ${fields.join(', ')}`
}

/**
 * Finds the challenge we can meet among those of a `WWW-Authenticate` header.
 *
 * @returns `undefined` without one for MD5 and `qop=auth`
 */
export function digestChallenge(header: string): DigestChallenge | undefined {
  for (const { scheme, parameters } of challengesIn(header)) {
    const realm = parameters.get('realm')
    const nonce = parameters.get('nonce')
    if (scheme !== 'digest' || realm === undefined || !nonce) continue
    if ((parameters.get('algorithm') ?? 'MD5').toUpperCase() !== 'MD5') continue
    if (!/(^|,)\s*auth\s*(,|$)/i.test(parameters.get('qop') ?? '')) continue

    const opaque = parameters.get('opaque')
    const stale = parameters.get('stale')?.toLowerCase() === 'true'
    return { realm, nonce, stale, ...(opaque !== undefined && { opaque }) }
  }
  return undefined
}

function challengeOf(reply: Reply): DigestChallenge | undefined {
  return isUnauthorized(reply) && reply.kind === 'reply'
    ? digestChallenge(reply.headers['www-authenticate'] ?? '')
    : undefined
}

/** A word without `=` opens a challenge, a word with one is a parameter of the challenge before it. */
function challengesIn(header: string) {
  const word = /[\s,]*([\w!#$%&'*+\-.^`|~]+)(?:\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]*)))?/y
  const challenges: { scheme: string; parameters: Map<string, string> }[] = []
  for (let found = word.exec(header); found; found = word.exec(header)) {
    const [, name = '', inQuotes, bare] = found
    const value = inQuotes?.replace(/\\(.)/g, '$1') ?? bare
    if (value === undefined) challenges.push({ scheme: name.toLowerCase(), parameters: new Map() })
    else challenges.at(-1)?.parameters.set(name.toLowerCase(), value)
  }
  return challenges
}

/** What no header can carry becomes `?`: a key with a stray line break must fail as a wrong key, not as a broken request. */
function quoted(text: string): string {
  return `"${text.replace(/[^\x20-\x7e]/g, '?').replace(/["\\]/g, '\\$&')}"`
}

function md5(text: string): string {
  return createHash('md5').update(text).digest('hex')
}
