import { randomUUID } from 'node:crypto'
import { ACCOUNT, type Call, errorReply, jsonReply, type Reply } from './service.ts'

export type Secrets = {
  get(id: string): string | undefined
  /** Creates the secret, or gives it a new current version. */
  put(id: string, value: string): void
  remove(id: string): void
}

type Version = { readonly value: string; readonly id: string; readonly createdAtMs: number }

/** Secrets Manager with string secrets and their current version; `SecretId` may be the name or the ARN. */
export function secretsManager(region: string, initial: Readonly<Record<string, string>>) {
  const current = new Map<string, Version>()
  const secrets: Secrets = {
    get: (id) => current.get(id)?.value,
    put: (id, value) => current.set(id, { value, id: randomUUID(), createdAtMs: Date.now() }),
    remove: (id) => current.delete(id),
  }
  for (const [id, value] of Object.entries(initial)) secrets.put(id, value)

  const arnOf = (name: string) => `arn:aws:secretsmanager:${region}:${ACCOUNT}:secret:${name}-local0`
  const nameOf = (id: string) => [...current.keys()].find((name) => id === name || id === arnOf(name))

  async function service({ operation, body }: Call): Promise<Reply> {
    const input = JSON.parse(body) as { SecretId: string; SecretString?: string }
    const name = nameOf(input.SecretId)
    if (name === undefined) return NOT_FOUND

    if (operation === 'PutSecretValue') secrets.put(name, input.SecretString ?? '')
    const version = current.get(name)
    if (!version) return NOT_FOUND
    return answerTo(operation, { name, arn: arnOf(name), version })
  }
  return { service, secrets }
}

function answerTo(operation: string, secret: { name: string; arn: string; version: Version }): Reply {
  const { name, arn, version } = secret
  const identity = { ARN: arn, Name: name }
  const stages = ['AWSCURRENT']
  const CreatedDate = version.createdAtMs / 1000
  switch (operation) {
    case 'GetSecretValue': {
      const value = { SecretString: version.value, VersionId: version.id, VersionStages: stages }
      return jsonReply({ ...identity, ...value, CreatedDate })
    }
    case 'PutSecretValue':
      return jsonReply({ ...identity, VersionId: version.id, VersionStages: stages })
    case 'DescribeSecret':
      return jsonReply({ ...identity, CreatedDate, VersionIdsToStages: { [version.id]: stages } })
    default:
      return errorReply('UnknownOperationException', `No such operation "${operation}"`)
  }
}

// Secrets Manager, unlike its siblings, writes `Message` with a capital.
const NOT_FOUND = jsonReply(
  { __type: 'ResourceNotFoundException', Message: "Secrets Manager can't find the specified secret." },
  400,
)
