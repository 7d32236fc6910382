import { createHash, randomBytes } from 'node:crypto'
import { headerOf, isStatus } from './interpret-status.ts'
import type { Target } from './operations.ts'
import type { Reply } from './transport.ts'

type DigestChallenge = {
  readonly realm: string
  readonly nonce: string
  readonly opaque?: string
  /** The nonce was too old, or used too often; nothing is said about the key. */
  readonly stale: boolean
}

type DigestKey = { readonly publicKey: string; readonly privateKey: string }

/** A challenge, and how many requests it has signed. */
type Nonce = { readonly challenge: DigestChallenge; uses: number }

/** One with the nonce that we have, one with a new nonce, and one more because even a new nonce may be stale. */
const MOST_TRIES = 3

/**
 * Signs the requests of one key with HTTP Digest. A nonce that Atlas has accepted signs the next requests too, with a growing count,
 * as Jetty allows; where a nonce serves only once, each request is challenged again and costs two.
 *
 * @returns a function that sends one request. It returns a challenge only if we cannot meet it, or if Atlas refuses the key
 */
export function digestSession(key: DigestKey) {
  let accepted: Nonce | undefined

  return async (target: Target, send: (authorization?: string) => Promise<Reply>): Promise<Reply> => {
    let nonce = accepted
    for (let tries = 1, isNew = false; ; tries++) {
      const reply = await send(nonce && signature(nonce, target, key))
      const challenge = challengeOf(reply)
      if (!challenge) {
        // Not before: a request that overtook this one would spend a nonce that serves only once.
        if (!isStatus(reply, 401)) accepted = nonce
        return reply
      }
      if ((isNew && !challenge.stale) || tries === MOST_TRIES) return reply
      nonce = { challenge, uses: 0 }
      isNew = true
    }
  }
}

function signature(nonce: Nonce, target: Target, key: DigestKey): string {
  nonce.uses += 1
  const cnonce = randomBytes(16).toString('hex')
  return digestAuthorization(nonce.challenge, target, { ...key, cnonce, uses: nonce.uses })
}

/**
 * Answers a challenge: MD5, `qop=auth`.
 *
 * @param by - `cnonce`: random, new for every request; `uses`: how often the nonce was used, this time included
 * @see https://www.rfc-editor.org/rfc/rfc7616#section-3.4
 */
export function digestAuthorization(
  { realm, nonce, opaque }: DigestChallenge,
  target: Target,
  by: DigestKey & { readonly cnonce: string; readonly uses: number },
): string {
  const nc = by.uses.toString(16).padStart(8, '0')
  const secret = md5(`${by.publicKey}:${realm}:${by.privateKey}`)
  const request = md5(`${target.method}:${target.path}`)
  const response = md5(`${secret}:${nonce}:${nc}:${by.cnonce}:auth:${request}`)
  const fields = [
    `username=${quoted(by.publicKey)}`,
    `realm=${quoted(realm)}`,
    `nonce=${quoted(nonce)}`,
    `uri=${quoted(target.path)}`,
    'algorithm=MD5',
    'qop=auth',
    `nc=${nc}`,
    `cnonce=${quoted(by.cnonce)}`,
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
  return isStatus(reply, 401) ? digestChallenge(headerOf(reply, 'www-authenticate')) : undefined
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
