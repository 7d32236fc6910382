import type { Failure } from '../ports.ts'

/** What opens one organization's Admin API. */
export type AtlasCredential =
  | { readonly kind: 'service_account'; readonly clientId: string; readonly clientSecret: string }
  | { readonly kind: 'api_key'; readonly publicKey: string; readonly privateKey: string }

/** Where credentials come from; they are asked for before every call, so the source keeps what it has read. */
export type CredentialSource = {
  /** @param fresh - read it anew: Atlas has just refused the one in use, which may have been rotated */
  of(orgId: string, fresh: boolean): Promise<AtlasCredential | Failure>
}
