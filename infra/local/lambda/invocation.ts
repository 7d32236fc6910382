/** What Lambda's Invoke answers, and what a bench wants to know about it. */
export type InvokeResult = {
  /** The handler's answer, or the error object when `functionError` is set. */
  readonly payload?: unknown
  /** `Unhandled` when the handler threw, timed out, crashed or could not be initialized. */
  readonly functionError?: string
  /** What the function wrote during this invocation, and during init when it was a cold start. */
  readonly logs: readonly string[]
  readonly requestId: string
  /** Without init, as Lambda reports it. */
  readonly durationMs: number
  /** Set when this invocation was a cold start. */
  readonly initDurationMs?: number
}

export type Invocable = { invoke(payload: unknown): Promise<InvokeResult> }

/** How one run of the handler ended. */
export type Ending = { readonly payload: unknown; readonly functionError?: string }

function failure(errorType: string, errorMessage: string): Ending {
  return { functionError: 'Unhandled', payload: { errorType, errorMessage } }
}

export function timedOut(requestId: string, timeoutSeconds: number): Ending {
  const message = `Task timed out after ${timeoutSeconds.toFixed(2)} seconds`
  return failure('Sandbox.Timedout', `RequestId: ${requestId} Error: ${message}`)
}

export function exited(requestId: string, exit: { code: number | null; signal: string | null }): Ending {
  const how = exit.signal === 'SIGKILL' ? 'signal: killed' : `exit status ${exit.code ?? exit.signal}`
  return failure('Runtime.ExitError', `RequestId: ${requestId} Error: Runtime exited with error: ${how}`)
}
