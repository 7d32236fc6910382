import { createHash } from 'node:crypto'
import { Agent, type IncomingHttpHeaders, request } from 'node:http'
import type { AtlasEmulator, EmulatorOptions } from '../../../infra/local/atlas/emulator.ts'
import { startAtlasEmulator } from '../../../infra/local/atlas/emulator.ts'
import { exampleOrg } from '../../../infra/local/atlas/example-org.ts'

export const ORG = exampleOrg()
export const NOW = new Date('2026-11-23T12:00:00Z')
export const OWNER = ORG.serviceAccounts[0]
export const READER = ORG.serviceAccounts[1]
export const ACCEPT = 'application/vnd.atlas.2025-02-19+json'

type Item = {
  readonly id: string
  readonly username: string
  readonly created: string
  readonly [field: string]: unknown
}

/** The fields that tests read; which of them are there depends on the reply. */
type ReplyBody = {
  readonly access_token: string
  readonly expires_in: number
  readonly errorCode: string
  readonly error: number | string
  readonly links: readonly { readonly href: string; readonly rel: string }[]
  readonly results: readonly Item[]
  readonly totalCount: number
}

export type Received = {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly text: string
  readonly json: ReplyBody
}

type Sent = { method?: string; headers?: Record<string, string>; body?: string | undefined }

/** Starts an emulator that ends with the test: `await using emulator = await start()`. */
export async function start(options: Partial<EmulatorOptions> = {}) {
  const emulator = await startAtlasEmulator({ orgs: [ORG], now: () => NOW, ...options })
  return { ...emulator, [Symbol.asyncDispose]: () => emulator.close() }
}

/** Sends a request exactly as written: `path` is not normalized. */
export function send(
  emulator: AtlasEmulator,
  path: string,
  { method = 'GET', headers = {}, body }: Sent = {},
) {
  return new Promise<Received>((resolve, reject) => {
    const { hostname, port } = new URL(emulator.url)
    const sent = request({ hostname, port, path, method, headers, agent: new Agent() }, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('error', reject)
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString()
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text, json: parsed(text) })
      })
    })
    sent.on('error', reject)
    sent.end(body)
  })
}

export function requestToken(
  emulator: AtlasEmulator,
  { clientId, clientSecret }: { clientId: string; clientSecret: string } = OWNER,
  body = 'grant_type=client_credentials',
) {
  return send(emulator, '/api/oauth/token', {
    method: 'POST',
    headers: formHeaders(clientId, clientSecret),
    body,
  })
}

export function formHeaders(clientId: string, clientSecret: string) {
  const basic = Buffer.from(`${clientId}:${clientSecret}`).toString('base64')
  return { Authorization: `Basic ${basic}`, 'Content-Type': 'application/x-www-form-urlencoded' }
}

/** Logs a service account in and gives back a function that calls the Admin API for it. */
export async function login(
  emulator: AtlasEmulator,
  account: { clientId: string; clientSecret: string } = OWNER,
) {
  const { json } = await requestToken(emulator, account)
  const Authorization = `Bearer ${json.access_token}`
  return (path: string, { method = 'GET', headers = {}, body }: Sent = {}) =>
    send(emulator, `/api/atlas/v2${path}`, {
      method,
      headers: { Authorization, Accept: ACCEPT, ...headers },
      body,
    })
}

/** The usual start of a test: an emulator and an owner who calls it. */
export async function startAsOwner(options: Partial<EmulatorOptions> = {}) {
  const emulator = await start(options)
  return { emulator, get: await login(emulator), [Symbol.asyncDispose]: () => emulator.close() }
}

/** Answers a Digest challenge by RFC 7616, written down apart from the emulator's own check. */
export function digestAuthorization(
  challenge: string,
  key: { publicKey: string; privateKey: string },
  uri: string,
  method = 'GET',
  nc = '00000001',
) {
  const nonce = challenge.match(/nonce="([^"]+)"/)?.[1] ?? ''
  const md5 = (text: string) => createHash('md5').update(text).digest('hex')
  const secret = md5(`${key.publicKey}:MMS Public API:${key.privateKey}`)
  const response = md5(`${secret}:${nonce}:${nc}:0a4f113b:auth:${md5(`${method}:${uri}`)}`)
  const quoted = {
    username: key.publicKey,
    realm: 'MMS Public API',
    nonce,
    uri,
    cnonce: '0a4f113b',
    response,
  }
  const pairs = Object.entries(quoted).map(([name, value]) => `${name}="${value}"`)
  return `Digest ${pairs.join(', ')}, qop=auth, nc=${nc}, algorithm=MD5`
}

export function idOf(emulator: AtlasEmulator, username: string) {
  const member = emulator.state.org(ORG.orgId).members.named(username)[0]
  if (member === undefined) throw new Error(`Cannot find "${username}"`)
  return member.id
}

export function usernames(reply: Received): string[] {
  return reply.json.results.map(({ username }) => username)
}

function parsed(text: string) {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
