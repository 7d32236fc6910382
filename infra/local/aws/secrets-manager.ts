import { randomUUID } from 'node:crypto'
import { ACCOUNT, type Call, jsonReply, type Reply } from './service.ts'

export type Secrets = {
  get(id: string): string | undefined
  /** Creates the secret, or gives it a new current version. */
  put(id: string, value: string): void
  remove(id: string): void
}

type Version = { readonly value: string; readonly id: string; readonly createdAtMs: number }

/** Makes the next version of a secret that AWS can rotate by itself; `undefined` for any other. */
export type Rotate = (value: string) => string | undefined

/** Secrets Manager with string secrets and their current version; `SecretId` may be the name or the ARN. */
export function secretsManager(
  region: string,
  initial: Readonly<Record<string, string>>,
  rotate: Rotate = () => undefined,
) {
  const policies = new Map<string, string>()
  const current = new Map<string, Version>()
  const secrets: Secrets = {
    get: (id) => current.get(id)?.value,
    put: (id, value) => current.set(id, { value, id: randomUUID(), createdAtMs: Date.now() }),
    remove: (id) => current.delete(id),
  }
  for (const [id, value] of Object.entries(initial)) secrets.put(id, value)

  const arnOf = (name: string) => `arn:aws:secretsmanager:${region}:${ACCOUNT}:secret:${name}-local0`
  const nameOf = (id: string) => [...current.keys()].find((name) => id === name || id === arnOf(name))

  const answers: Readonly<Record<string, (input: Input) => Reply>> = {
    GetSecretValue: of(({ version }) => ({
      SecretString: version.value,
      VersionId: version.id,
      VersionStages: STAGES,
      CreatedDate: version.createdAtMs / 1_000,
    })),
    DescribeSecret: of(({ version }) => ({
      CreatedDate: version.createdAtMs / 1_000,
      VersionIdsToStages: { [version.id]: STAGES },
    })),
    PutSecretValue: of(({ name }, { SecretString = '' }) => {
      secrets.put(name, SecretString)
      return { VersionId: current.get(name)?.id, VersionStages: STAGES }
    }),
    DeleteSecret: of(({ name }) => {
      secrets.remove(name)
      return { DeletionDate: Date.now() / 1_000 }
    }),
    RotateSecret(input) {
      const name = nameOf(input.SecretId ?? '')
      const next = name === undefined ? undefined : rotate(current.get(name)?.value ?? '')
      if (name === undefined) return NOT_FOUND
      if (next === undefined)
        return refusal(
          'InvalidRequestException',
          `No "RotateSecret" here for ${name}: it is no service account`,
        )
      secrets.put(name, next)
      return jsonReply({ ARN: arnOf(name), Name: name, VersionId: current.get(name)?.id })
    },
    PutResourcePolicy: of(({ name }, { ResourcePolicy = '' }) => {
      policies.set(name, ResourcePolicy)
      return {}
    }),
    GetResourcePolicy: of(({ name }) => ({ ResourcePolicy: policies.get(name) })),
    CreateSecret({ Name = '', SecretString = '' }) {
      if (current.has(Name)) return refusal('ResourceExistsException', `The secret ${Name} already exists.`)
      secrets.put(Name, SecretString)
      return jsonReply({ ARN: arnOf(Name), Name, VersionId: current.get(Name)?.id })
    },
    ListSecrets: () =>
      jsonReply({ SecretList: [...current.keys()].map((Name) => ({ ARN: arnOf(Name), Name })) }),
  }

  /** Answers about one secret, which must be there. */
  function of(answer: (secret: { name: string; version: Version }, input: Input) => object) {
    return (input: Input): Reply => {
      const name = nameOf(input.SecretId ?? '')
      const version = name === undefined ? undefined : current.get(name)
      if (name === undefined || !version) return NOT_FOUND
      return jsonReply({ ARN: arnOf(name), Name: name, ...answer({ name, version }, input) })
    }
  }

  async function service({ operation, body }: Call): Promise<Reply> {
    const answer = answers[operation]
    return answer ? answer(JSON.parse(body)) : refusal('UnknownOperationException', `No "${operation}" here`)
  }
  return { service, secrets }
}

type Input = {
  readonly SecretId?: string
  readonly Name?: string
  readonly SecretString?: string
  readonly ResourcePolicy?: string
}

const STAGES = ['AWSCURRENT']

// Secrets Manager, unlike its siblings, writes `Message` with a capital.
function refusal(__type: string, Message: string): Reply {
  return jsonReply({ __type, Message }, 400)
}

const NOT_FOUND = refusal('ResourceNotFoundException', "Secrets Manager can't find the specified secret.")
