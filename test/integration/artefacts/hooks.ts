import { createHmac, randomUUID } from 'node:crypto'
import { startHttpGateway } from '../../../infra/local/http-gateway.ts'
import type { Stack } from './stack.ts'

/** How the packaged http function answered. */
export type Answer = { readonly status: number; readonly body: string }

/** Sends what Okta's event hook sends. */
export function sendOkta(stack: Stack, authorization: string, body: object): Promise<Answer> {
  return post(stack, '/hooks/okta', { authorization }, JSON.stringify(body))
}

/**
 * Sends a hook signed by the local key.
 *
 * @see https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 */
export function sendStandard(stack: Stack, departure: object): Promise<Answer> {
  const body = JSON.stringify(departure)
  const [id, timestamp] = [randomUUID(), String(Math.floor(Date.now() / 1_000))]
  const key = Buffer.from(stack.callers.signingKey.slice('whsec_'.length), 'base64')
  const signature = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')
  const headers = { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': `v1,${signature}` }
  return post(stack, '/hooks/standard', headers, body)
}

async function post(
  { http }: Stack,
  path: string,
  headers: Record<string, string>,
  body: string,
): Promise<Answer> {
  const { url, close } = await startHttpGateway(http)
  try {
    const all = { 'content-type': 'application/json', ...headers }
    const reply = await fetch(`${url}${path}`, { method: 'POST', headers: all, body })
    return { status: reply.status, body: await reply.text() }
  } finally {
    await close()
  }
}
