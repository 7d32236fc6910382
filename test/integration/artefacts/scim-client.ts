import { startHttpGateway } from '../../../infra/local/http-gateway.ts'
import { idOf } from '../../../lib/doors/scim/user.ts'
import type { Stack } from './stack.ts'

/** What a directory was answered. */
type Answer = { readonly status: number; readonly body: { readonly [field: string]: unknown } }

/** A request that changes a user. */
export function patchOf(...operations: readonly object[]) {
  return { schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'], Operations: operations }
}

/** Sends to the packaged http function what a directory sends, as API Gateway hands it on. */
export function scimClient(stack: Stack, token: string | undefined = stack.callers.scimToken) {
  const headers = {
    'content-type': 'application/scim+json; charset=utf-8',
    ...(token !== '' && { authorization: `Bearer ${token}` }),
  }
  async function send(method: string, path: string, body?: object): Promise<Answer> {
    const { url, close } = await startHttpGateway(stack.http)
    try {
      const sent = body && { body: JSON.stringify(body) }
      const reply = await fetch(`${url}/scim/v2${path}`, { method, headers, ...sent })
      const text = await reply.text()
      return { status: reply.status, body: text === '' ? {} : JSON.parse(text) }
    } finally {
      await close()
    }
  }
  return {
    send,
    idOf,
    deactivate: (username: string, ...operations: readonly object[]) =>
      send('PATCH', `/Users/${idOf(username)}`, patchOf(...(operations.length > 0 ? operations : [OFF]))),
  }
}

const OFF = { op: 'Replace', path: 'active', value: 'False' }
