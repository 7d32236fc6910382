import { setImmediate as afterPoll } from 'node:timers/promises'
import { type Ending, exited, timedOut } from './invocation.ts'
import { startRuntimeApi } from './runtime-api.ts'
import { type FunctionSpec, type Signal, spawnRuntime } from './sandbox-process.ts'

type Run = Ending & {
  readonly logs: readonly string[]
  readonly durationMs: number
  /** From the start of the process to its first request for work; on the first run only. */
  readonly initDurationMs?: number
}

export type Sandbox = {
  readonly pid: number
  /** False once the process has ended or must end: the next invocation needs another sandbox. */
  isAlive(): boolean
  /** Awaits init, then gives the runtime one invocation. */
  run(requestId: string, payload: string): Promise<Run>
  signal(name: Signal): void
  /** Kills the process and resolves when it is gone. */
  close(): Promise<void>
}

/** Lambda gives init ten seconds, whatever the function's time-out. */
const INIT_TIMEOUT_MS = 10_000

/** Starts one execution environment: a child process and the Runtime API that feeds it. */
export async function startSandbox(spec: FunctionSpec, onLog: (line: string) => void): Promise<Sandbox> {
  const functionArn = `arn:aws:lambda:us-east-1:000000000000:function:${spec.name}`
  const lines: string[] = []
  const api = await startRuntimeApi()
  const startedMs = performance.now()
  const runtime = spawnRuntime(spec, api.address, log)
  let unreportedInit: { initDurationMs?: number } = {}

  const initialized = api.initialized.then((failed) => {
    unreportedInit = { initDurationMs: performance.now() - startedMs }
    return failed
  })
  const gone = runtime.exit.finally(() => api.close())

  function log(line: string) {
    lines.push(line)
    onLog(line)
  }

  /** Resolves with `work`, unless the process ends or the time is up first; then the process is dead. */
  async function within<T>(limitMs: number, work: Promise<T>, requestId: string): Promise<T | Ending> {
    let late = false
    const timer = setTimeout(() => {
      late = true
      runtime.signal('SIGKILL')
    }, limitMs)
    const ending = await Promise.race([work, gone.then((exit) => exited(requestId, exit))])
    clearTimeout(timer)
    if (!late) return ending

    await gone
    const limit = (limitMs / 1000).toFixed(2)
    log(`${new Date().toISOString()} ${requestId} Task timed out after ${limit} seconds`)
    return timedOut(requestId, limitMs / 1000)
  }

  async function awaitInit(requestId: string): Promise<Ending | undefined> {
    const failed = await within(INIT_TIMEOUT_MS, initialized, requestId)
    if (!failed) return undefined
    runtime.signal('SIGKILL')
    await gone
    return failed
  }

  async function handle(requestId: string, payload: string): Promise<Ending> {
    const limitMs = spec.timeoutSeconds * 1000
    const invocation = { requestId, payload, deadlineMs: Date.now() + limitMs, functionArn }
    const ending = await within(limitMs, api.run(invocation), requestId)
    // What the function wrote before it answered is in the pipe by now; one turn of the loop reads it.
    await afterPoll()
    return ending
  }

  return {
    pid: runtime.pid,
    isAlive: runtime.isAlive,
    async run(requestId, payload) {
      const failed = await awaitInit(requestId)
      const fromMs = performance.now()
      const ending = failed ?? (await handle(requestId, payload))
      const durationMs = performance.now() - fromMs
      const init = unreportedInit
      unreportedInit = {}
      return { ...ending, ...init, durationMs, logs: lines.splice(0) }
    },
    signal: runtime.signal,
    async close() {
      runtime.signal('SIGKILL')
      await gone
    },
  }
}
