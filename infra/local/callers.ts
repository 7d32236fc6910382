import { randomBytes } from 'node:crypto'

/** Tokens of SCIM clients and keys of webhooks on this machine; new for every stack. */
export type Callers = {
  /** Entra's, as infra/entra.md names it. */
  readonly scimToken: string
  /** Okta's provisioning, as infra/okta.md names it. */
  readonly oktaScimToken: string
  readonly oktaAuthorization: string
  /** Of Standard Webhooks, under the name `local`. */
  readonly signingKey: string
  /** Of HiBob's webhook. */
  readonly hiBobSecret: string
}

export function newCallers(): Callers {
  return {
    scimToken: randomBytes(32).toString('base64url'),
    oktaScimToken: randomBytes(32).toString('base64url'),
    oktaAuthorization: randomBytes(32).toString('base64url'),
    hiBobSecret: randomBytes(32).toString('base64url'),
    signingKey: `whsec_${randomBytes(32).toString('base64')}`,
  }
}

const SCIM = 'atlas-offboarding/scim'
const HOOKS = 'atlas-offboarding/hooks'
const HR = 'atlas-offboarding/hr'

/** Their secrets, in the shapes and under the names of the guides, and the settings that name them. */
export function callerSecretsOf(callers: Callers, hrSecret: string) {
  const { scimToken, oktaScimToken, oktaAuthorization, signingKey, hiBobSecret } = callers
  const tokens = { entra: [scimToken], 'okta-scim': [oktaScimToken] }
  const hooks = {
    okta: { corp: [oktaAuthorization] },
    standard: { local: [signingKey] },
    hr: { hibob: [hiBobSecret] },
  }
  return {
    secrets: { [SCIM]: JSON.stringify({ tokens }), [HOOKS]: JSON.stringify(hooks), [HR]: hrSecret },
    settings: { SCIM_SECRET_ID: SCIM, HOOK_SECRET_ID: HOOKS, HR_SECRET_ID: HR },
  }
}
