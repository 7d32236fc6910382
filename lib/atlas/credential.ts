import type { Failure } from '../core/ports.ts'

/** What opens the Admin API of one organization: a service account (OAuth 2.0) or an API key (HTTP Digest). */
export type AtlasCredential = (
  | { readonly kind: 'service_account'; readonly clientId: string; readonly clientSecret: string }
  | { readonly kind: 'api_key'; readonly publicKey: string; readonly privateKey: string }
) & {
  /** When the secret got this version; Atlas does not say when a credential expires. */
  readonly since?: Date
}

/** Where credentials come from. They are asked for before every call, so the source keeps what it has read. */
export type CredentialSource = {
  /** @param fresh - read it again: Atlas has just refused the one in use, which may have been rotated */
  of(orgId: string, fresh: boolean, deadline: Date): Promise<AtlasCredential | Failure>
}
