/** A service that hangs must not eat the time in which the outcome is written down. The SDK tries three times. */
const SETTINGS = {
  maxAttempts: 3,
  requestHandler: { connectionTimeout: 1_000, requestTimeout: 3_000, throwOnRequestTimeout: true },
}

/**
 * A client of an AWS service whose errors carry a name and no message of AWS: DynamoDB's quote keys, which name people, and Lambda logs
 * whatever is thrown.
 *
 * @param settings - for tests
 */
export function awsClient<Client extends Stack>(
  Client: new (settings: object) => Client,
  settings: object = {},
): Client {
  const client = new Client({ ...SETTINGS, ...settings })
  const byName: Middleware =
    (next, { commandName }) =>
    async (request) => {
      try {
        return await next(request)
      } catch (error) {
        throw nameOnly(error as ServiceError, commandName)
      }
    }
  client.middlewareStack.add(byName, { step: 'initialize', priority: 'high' })
  return client
}

/** The part of every client that is used here. */
type Stack = {
  readonly middlewareStack: {
    add(middleware: Middleware, where: { step: 'initialize'; priority: 'high' }): void
  }
}
type Middleware = <Request, Answer>(
  next: (request: Request) => Promise<Answer>,
  context: { readonly commandName?: string },
) => (request: Request) => Promise<Answer>

function nameOnly({ name, code, $metadata }: ServiceError, commandName = 'AWS'): Error {
  const known = [name, code, $metadata?.requestId && `request ${$metadata.requestId}`].filter(Boolean)
  return Object.assign(new Error(`${commandName}: ${known.join(', ')}`), { name })
}

type ServiceError = {
  readonly name: string
  readonly code?: string
  readonly $metadata?: { readonly requestId?: string }
}
