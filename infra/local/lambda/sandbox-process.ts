import { type ChildProcess, spawn } from 'node:child_process'
import { createRequire } from 'node:module'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

export type FunctionSpec = {
  readonly name: string
  /** The folder with the bundle. */
  readonly codeDir: string
  /** E.g. `departures.handler`. */
  readonly handler: string
  readonly env: Readonly<Record<string, string>>
  readonly timeoutSeconds: number
  readonly memoryMb: number
}

export type Signal = 'SIGSTOP' | 'SIGCONT' | 'SIGKILL'

const { resolve } = createRequire(import.meta.url)
/** The project's own Node, which is Lambda's, whatever runs this file. */
const NODE = resolve('node/bin/node')
const RUNTIME_CLIENT = resolve('aws-lambda-ric')
const NATIVE_CLIENT = fileURLToPath(new URL('./rapid-client.cjs', import.meta.url))

/** Children are killed when this process exits. If it is killed itself, they notice that their pipe closes. */
const running = new Set<ChildProcess>()
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL')
})

type Exit = { readonly code: number | null; readonly signal: NodeJS.Signals | null }

/** Starts Lambda's runtime client on the function's bundle, in an environment of nothing but the function's own. */
export function spawnRuntime(spec: FunctionSpec, runtimeApi: string, onLog: (line: string) => void) {
  const child = spawn(NODE, ['--require', NATIVE_CLIENT, RUNTIME_CLIENT], {
    cwd: spec.codeDir,
    env: lambdaEnvironment(spec, runtimeApi),
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
  })
  let alive = true
  running.add(child)
  for (const stream of [child.stdout, child.stderr]) {
    if (stream) createInterface({ input: stream }).on('line', onLog)
  }
  // The folder does not exist, for example. `close` follows.
  child.once('error', (cause) => onLog(`Cannot start "${spec.name}": ${cause.message}`))

  // `close`, unlike `exit`, comes after the last log line.
  const exit = new Promise<Exit>((settle) => {
    child.once('close', (code, signal) => {
      alive = false
      running.delete(child)
      settle({ code, signal })
    })
  })
  return {
    pid: child.pid ?? 0,
    exit,
    /** False once the process has ended or was killed. */
    isAlive: () => alive,
    signal(signal: Signal) {
      if (signal === 'SIGKILL') alive = false
      child.kill(signal)
    },
  }
}

/** @see https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html (defined runtime variables) */
function lambdaEnvironment(spec: FunctionSpec, runtimeApi: string): Record<string, string> {
  return {
    AWS_REGION: 'us-east-1',
    AWS_LAMBDA_LOG_FORMAT: 'JSON',
    LANG: 'en_US.UTF-8',
    PATH: '/usr/local/bin:/usr/bin:/bin',
    TZ: ':UTC',
    ...spec.env,
    _HANDLER: spec.handler,
    LAMBDA_TASK_ROOT: spec.codeDir,
    AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(spec.memoryMb),
    AWS_LAMBDA_FUNCTION_NAME: spec.name,
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${spec.name}`,
    AWS_LAMBDA_LOG_STREAM_NAME: 'local',
    AWS_LAMBDA_RUNTIME_API: runtimeApi,
  }
}
