import { InvokeCommand, LambdaClient, type LambdaClientConfig } from '@aws-sdk/client-lambda'

/** Which of the two functions: the one that changes something, or the one that only looks. */
export type Face = 'operator' | 'operator-read'

/** What came of an invocation. `refused`: the request is wrong; `failed`: the function could not be reached, or broke. */
export type Reply =
  | { readonly kind: 'answer'; readonly answer: object }
  | { readonly kind: 'refused'; readonly error: string }
  | { readonly kind: 'failed'; readonly error: string }

export type Invoke = (face: Face, request: object) => Promise<Reply>

/** Where the functions are; region and profile default to the SDK's own chain. */
export type Target = {
  /** Name or ARN of the writing function, without a qualifier; the reading one is called the same with `-read`. */
  readonly functionName: string
  readonly region?: string
  readonly profile?: string
}

/**
 * Invokes the operator functions in AWS, or wherever `AWS_ENDPOINT_URL_LAMBDA` leads.
 *
 * @param more - for whoever has no environment to set
 */
export function lambdaInvoke({ functionName, ...aws }: Target, more: LambdaClientConfig = {}): Invoke {
  const requestHandler = {
    connectionTimeout: 5_000,
    requestTimeout: LONGEST_INVOCATION_MS,
    throwOnRequestTimeout: true,
  }
  const config = { ...aws, ...more, requestHandler }
  // An act whose answer was lost is not done twice behind the human's back.
  const writer = new LambdaClient({ ...config, maxAttempts: 1 })
  const reader = new LambdaClient(config)
  return async (face, request) => {
    const client = face === 'operator' ? writer : reader
    const FunctionName = face === 'operator' ? functionName : `${functionName}-read`
    try {
      const command = new InvokeCommand({ FunctionName, Payload: JSON.stringify(request) })
      const { FunctionError, Payload } = await client.send(command)
      return readReply(FunctionName, FunctionError, Payload?.transformToString() ?? 'null')
    } catch (error) {
      return { kind: 'failed', error: `Cannot invoke "${FunctionName}": ${reasonOf(error)}` }
    }
  }
}

/** The functions end after 60 s. */
const LONGEST_INVOCATION_MS = 65_000

function readReply(name: string, functionError: string | undefined, payload: string): Reply {
  const answer: unknown = JSON.parse(payload)
  if (typeof answer !== 'object' || answer === null)
    return { kind: 'failed', error: `Cannot read what "${name}" answered` }
  if (functionError) return { kind: 'failed', error: `"${name}" failed: ${errorIn(answer)}` }
  if ('error' in answer && typeof answer.error === 'string') return { kind: 'refused', error: answer.error }
  return { kind: 'answer', answer }
}

function errorIn(answer: object): string {
  const { errorType = 'Error', errorMessage = 'no message' } = answer as Record<string, unknown>
  return `${errorType}: ${errorMessage}`
}

/** A refused connection to several addresses says nothing but its code. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown'
  const code = 'code' in error && typeof error.code === 'string' ? error.code : error.name
  return [code, error.message].filter((part) => part && part !== 'Error').join(': ')
}
