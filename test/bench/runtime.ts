import { randomUUID } from 'node:crypto'
import { startRuntimeApi } from '../../infra/local/lambda/runtime-api.ts'
import { type FunctionSpec, spawnRuntime } from '../../infra/local/lambda/sandbox-process.ts'

/**
 * Starts one execution environment under Lambda's own runtime client and waits for its init. Nearer to the process than
 * the local Lambda is: the end of init and every invocation are seen by themselves. Ends with the block.
 */
export async function startRuntime(spec: FunctionSpec) {
  const api = await startRuntimeApi()
  const startedMs = performance.now()
  const lastLines: string[] = []
  const runtime = spawnRuntime(spec, api.address, (line) => {
    lastLines.push(line)
    lastLines.splice(0, lastLines.length - 5)
  })
  const died = runtime.exit.then(() => {
    throw new Error(`Cannot measure "${spec.name}": it ended\n${lastLines.join('\n')}`)
  })
  died.catch(() => undefined)

  async function close() {
    runtime.signal('SIGKILL')
    await runtime.exit
    api.close()
  }

  const failed = await Promise.race([api.initialized, died])
  const initMs = performance.now() - startedMs
  if (failed) await close()
  if (failed) throw new Error(`Cannot initialize "${spec.name}": ${JSON.stringify(failed.payload)}`)

  return {
    pid: runtime.pid,
    /** From the start of the process to its first request for work. */
    initMs,
    /** @returns ms from handing out the event to the answer */
    async invoke(event: unknown): Promise<number> {
      const from = performance.now()
      const invocation = {
        requestId: randomUUID(),
        payload: JSON.stringify(event),
        deadlineMs: Date.now() + spec.timeoutSeconds * 1_000,
        functionArn: `arn:aws:lambda:us-east-1:000000000000:function:${spec.name}`,
      }
      const { payload, functionError } = await Promise.race([api.run(invocation), died])
      if (functionError) throw new Error(`Cannot run "${spec.name}": ${JSON.stringify(payload)}`)
      return performance.now() - from
    },
    [Symbol.asyncDispose]: close,
  }
}
