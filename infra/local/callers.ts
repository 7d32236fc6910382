import { randomBytes } from 'node:crypto'

/** What SCIM clients and senders of hooks prove themselves by on this machine; new for every stack. */
export type Callers = {
  readonly scimToken: string
  readonly oktaAuthorization: string
  /** Of Standard Webhooks, under the name `local`. */
  readonly signingKey: string
}

export function newCallers(): Callers {
  return {
    scimToken: randomBytes(32).toString('base64url'),
    oktaAuthorization: randomBytes(32).toString('base64url'),
    signingKey: `whsec_${randomBytes(32).toString('base64')}`,
  }
}

const SCIM = 'atlas-offboarding/scim'
const HOOKS = 'atlas-offboarding/hooks'

/** Their secrets, in the shapes that Secrets Manager holds, and the settings that name them. */
export function callerSecretsOf({ scimToken, oktaAuthorization, signingKey }: Callers) {
  const hooks = { okta: { authorization: [oktaAuthorization] }, standard: { local: [signingKey] } }
  return {
    secrets: { [SCIM]: JSON.stringify({ tokens: [scimToken] }), [HOOKS]: JSON.stringify(hooks) },
    settings: { SCIM_SECRET_ID: SCIM, HOOK_SECRET_ID: HOOKS },
  }
}
