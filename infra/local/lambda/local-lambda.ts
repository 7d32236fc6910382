import { randomUUID } from 'node:crypto'
import type { Invocable, InvokeResult } from './invocation.ts'
import { startSandbox } from './sandbox.ts'
import { sandboxPool } from './sandbox-pool.ts'
import type { FunctionSpec, Signal } from './sandbox-process.ts'

export type { Invocable, InvokeResult } from './invocation.ts'
export type { FunctionSpec } from './sandbox-process.ts'

export type LocalFunction = Invocable & {
  readonly name: string
  /** Stops the function's processes where they are; the time-out of a running invocation keeps counting. */
  freeze(): void
  thaw(): void
  /** Kills the function's processes in the middle of whatever they do. */
  kill(): void
  close(): Promise<void>
  readonly logs: readonly string[]
  onLog(listener: (line: string) => void): void
  /** The processes that are alive, to be measured. */
  pids(): readonly number[]
}

export type LocalFunctionOptions = FunctionSpec & {
  /** How many invocations may run at once, each in a process of its own; default 1. */
  readonly concurrency?: number
  /** Whether a first process starts its init now and not at the first invocation; default false. */
  readonly eager?: boolean
}

/**
 * Starts a function under Lambda's own runtime client.
 *
 * Like Lambda, it starts a process when an invocation needs one, keeps it warm, and replaces one that timed out or
 * crashed by a cold start. Unlike Lambda, an invocation past `concurrency` waits instead of being throttled.
 */
export async function startLocalFunction(options: LocalFunctionOptions): Promise<LocalFunction> {
  const logs: string[] = []
  const listeners = new Set<(line: string) => void>()
  const pool = sandboxPool(options.concurrency ?? 1, () => startSandbox(options, log))

  function log(line: string) {
    logs.push(line)
    for (const listener of listeners) listener(line)
  }

  async function invoke(payload: unknown): Promise<InvokeResult> {
    const requestId = randomUUID()
    const sandbox = await pool.acquire()
    try {
      return { requestId, ...(await sandbox.run(requestId, JSON.stringify(payload ?? null))) }
    } finally {
      pool.release(sandbox)
    }
  }

  function signal(name: Signal) {
    for (const sandbox of pool.alive()) sandbox.signal(name)
  }

  if (options.eager) pool.release(await pool.acquire())
  return {
    name: options.name,
    invoke,
    freeze: () => signal('SIGSTOP'),
    thaw: () => signal('SIGCONT'),
    kill: () => signal('SIGKILL'),
    close: pool.close,
    logs,
    onLog: (listener) => void listeners.add(listener),
    pids: () => pool.alive().map((sandbox) => sandbox.pid),
  }
}
