import { InvokeCommand, LambdaClient, type LambdaClientConfig } from '@aws-sdk/client-lambda'
import type { Face, Failed } from './command.ts'
import { signAct } from './sign-act.ts'

/** Invokes a function. @returns its answer; with status 2 what it refuses, with 3 that it could not be reached, or broke */
export type Invoke = (face: Face, request: object) => Promise<object | Failed>

/** Where the functions are; region and profile default to the SDK's own chain. */
export type Target = {
  /** Name or ARN of the writing function, without a qualifier; the reading one is called the same with `-read`. */
  readonly functionName: string
  readonly region?: string
  readonly profile?: string
}

/** What an environment would say: `sts`, where a caller's signature would be asked about. */
type More = LambdaClientConfig & { readonly sts?: string | undefined; readonly now: () => Date }

/**
 * Invokes the operator functions in AWS, or wherever `AWS_ENDPOINT_URL_LAMBDA` leads. What changes something is signed by its caller.
 *
 * @param more - for whoever has no environment to set
 */
export function lambdaInvoke({ functionName, ...aws }: Target, { sts, now, ...more }: More): Invoke {
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
      const payload =
        face === 'operator'
          ? await signAct(client, FunctionName, request, { now: now(), endpoint: sts })
          : request
      const command = new InvokeCommand({ FunctionName, Payload: JSON.stringify(payload) })
      const { FunctionError, Payload } = await client.send(command)
      return readReply(FunctionName, FunctionError, Payload?.transformToString() ?? 'null')
    } catch (error) {
      return { error: `Cannot invoke "${FunctionName}": ${reasonOf(error)}`, status: 3 }
    }
  }
}

/** The functions end after 60 s. */
const LONGEST_INVOCATION_MS = 65_000

function readReply(name: string, functionError: string | undefined, payload: string): object | Failed {
  const answer: unknown = JSON.parse(payload)
  if (typeof answer !== 'object' || answer === null)
    return { error: `Cannot read what "${name}" answered`, status: 3 }
  if (functionError) return { error: `"${name}" failed: ${errorIn(answer)}`, status: 3 }
  return 'error' in answer ? { error: String(answer.error), status: 2 } : answer
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
