/** The smallest honest handler: secret, token and the three requests, all on the first invocation. */
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import { bareAtlas } from './bare-atlas.ts'

const secrets = new SecretsManagerClient()
const atlas = bareAtlas(process.env.ATLAS_BASE_URL ?? '')

async function unlock() {
  const [, SecretId] = process.env.ORGS?.split('=') ?? []
  const { SecretString = '' } = await secrets.send(new GetSecretValueCommand({ SecretId }))
  const secret = JSON.parse(SecretString) as { clientId: string; clientSecret: string; orgId: string }
  return { orgId: secret.orgId, token: await atlas.token(secret) }
}

let access: ReturnType<typeof unlock> | undefined

export async function handler({ Records }: { Records: readonly { body: string }[] }) {
  access ??= unlock()
  const { orgId, token } = await access
  for (const { body } of Records) await atlas.remove(token, orgId, JSON.parse(body).detail.username)
  return { batchItemFailures: [] }
}
