import { InvokeCommand, LambdaClient, type LambdaClientConfig } from '@aws-sdk/client-lambda'
import type { Failed, OperatorFunction } from './command.ts'
import { signAct } from './sign-act.ts'

/** Invokes an operator function. @returns its answer, or why there is none: status 2 if it refused the request, 3 if it could not be reached or failed */
export type Invoke = (target: OperatorFunction, request: object) => Promise<object | Failed>

/** Where the functions are installed. Region and profile default to the SDK's own chain. */
export type Installation = {
  /** Name or ARN of the writing function, without a qualifier; the reading one is called the same with `-read`. */
  readonly functionName: string
  readonly region?: string
  readonly profile?: string
}

/** Settings of the SDK's client. `sts` is the STS endpoint that a caller's signature is for, if not AWS's own. */
type ClientSettings = LambdaClientConfig & { readonly sts?: string | undefined; readonly now: () => Date }

/**
 * Invokes the operator functions in AWS, or wherever `AWS_ENDPOINT_URL_LAMBDA` leads. A request that changes something is signed by its caller, and so is a report.
 *
 * @param settings - what else would come from the environment; tests and the local stack set it here
 */
export function lambdaInvoke(
  { functionName, ...aws }: Installation,
  { sts, now, ...settings }: ClientSettings,
): Invoke {
  const requestHandler = {
    connectionTimeout: 5_000,
    requestTimeout: LONGEST_INVOCATION_MS,
    throwOnRequestTimeout: true,
  }
  const config = { ...aws, ...settings, requestHandler }
  // If the answer to an act is lost, a human decides whether to repeat it.
  const writer = new LambdaClient({ ...config, maxAttempts: 1 })
  const reader = new LambdaClient(config)
  return async (target, request) => {
    const client = target === 'operator' ? writer : reader
    const FunctionName = target === 'operator' ? functionName : `${functionName}-read`
    try {
      const payload =
        target === 'operator' || isSigned(request)
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

/** A report says who made it. Its first page is signed for that. */
function isSigned(request: object): boolean {
  return 'action' in request && request.action === 'report' && !('cursor' in request && request.cursor)
}

/** The functions time out after 60 s. */
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

/** An error about several refused connections has a code and no message. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown'
  const code = 'code' in error && typeof error.code === 'string' ? error.code : error.name
  const reason = [code, error.message.replace(/\s+/g, ' ')]
    .filter((part) => part && part !== 'Error')
    .join(': ')
  const [, wayOut] = WAYS_OUT.find(([trouble]) => trouble.test(reason)) ?? []
  return wayOut === undefined ? reason : `${reason.replace(/\.$/, '')}; ${wayOut}`
}

/** What on-call does about AWS access that is not set up, by what the SDK says. */
const WAYS_OUT: readonly (readonly [trouble: RegExp, wayOut: string])[] = [
  [/Region is missing/, 'export AWS_REGION=REGION, or give --region REGION'],
  [
    /CredentialsProvider|ExpiredToken|UnrecognizedClient|InvalidSignature|InvalidClientTokenId|Resolved credential/,
    'sign in (aws sso login) and export AWS_PROFILE=PROFILE, or give --profile PROFILE',
  ],
  [/AccessDenied/, 'ask for the on-call policy (infra/README.md, "Who may do what")'],
  [/ResourceNotFound/, 'is it another region (--region) or stage (--function-prefix)?'],
]
