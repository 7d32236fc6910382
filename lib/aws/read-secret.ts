import {
  GetSecretValueCommand,
  type GetSecretValueCommandOutput,
  type SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager'

/** Why a secret could not be read. */
export type Unread = { readonly kind: 'unread'; readonly code: string }

/** Reads a secret. The code of a failure comes from the error's name alone, because its message may quote anything. */
export async function readSecret(
  client: SecretsManagerClient,
  secretId: string,
): Promise<GetSecretValueCommandOutput | Unread> {
  try {
    return await client.send(new GetSecretValueCommand({ SecretId: secretId }))
  } catch (error) {
    const code = CODES.get(error instanceof Error ? error.name : '')
    return { kind: 'unread', code: code ?? 'SECRET_UNREADABLE' }
  }
}

const CODES: ReadonlyMap<string, string> = new Map([
  ['ResourceNotFoundException', 'SECRET_NOT_FOUND'],
  ['AccessDeniedException', 'SECRET_ACCESS_DENIED'],
  ['DecryptionFailure', 'SECRET_NOT_DECRYPTED'],
  ['InvalidRequestException', 'SECRET_DELETED'], // what a secret scheduled for deletion answers
  ['ThrottlingException', 'SECRET_THROTTLED'],
  ['TimeoutError', 'SECRET_TIMEOUT'], // the SDK's name for every broken connection, too
  ['AbortError', 'SECRET_TIMEOUT'],
])
