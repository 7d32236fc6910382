/** What opens the Admin API of one organization: a service account (OAuth 2.0) or an API key (HTTP Digest). */
export type AtlasCredential = (
  | { readonly kind: 'service_account'; readonly clientId: string; readonly clientSecret: string }
  | { readonly kind: 'api_key'; readonly publicKey: string; readonly privateKey: string }
) & {
  /** When the secret got this version; Atlas does not tell a credential when it will end. */
  readonly since?: Date
}
