import type { Reply } from './reply.ts'

export type OauthBody = Readonly<Record<string, string | number>>

/** The two documented errors. Unlike the Admin API's, their keys are not in alphabetical order. */
export const INVALID_CLIENT: OauthBody = {
  error_description: 'Invalid credentials provided.',
  error: 'invalid_client',
}
export const SERVER_ERROR: OauthBody = { error_description: 'Unexpected error.', error: 'server_error' }

/** Makes a reply of the OAuth endpoints; keys stay in the order given. */
export function oauthReply(status: number, body: OauthBody, pretty = false): Reply {
  return {
    status,
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(body, undefined, pretty ? 2 : undefined),
  }
}
