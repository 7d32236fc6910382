import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type LocalFunctionOptions, startLocalFunction } from '../../../infra/local/lambda/local-lambda.ts'

/** Starts a function whose bundle is `source`, and removes both when the test leaves the block. */
export async function localFunction(source: string, options: Partial<LocalFunctionOptions> = {}) {
  const codeDir = await mkdtemp(join(tmpdir(), 'local-lambda-'))
  await writeFile(join(codeDir, 'index.mjs'), source)
  const lambda = await startLocalFunction({
    name: 'departures',
    codeDir,
    handler: 'index.handler',
    env: {},
    timeoutSeconds: 10,
    memoryMb: 256,
    ...options,
  })
  return Object.assign(lambda, {
    async [Symbol.asyncDispose]() {
      await lambda.close()
      await rm(codeDir, { recursive: true })
    },
  })
}

/** Resolves with the first log line that holds the text, written before or after the call. */
export function logged(
  lambda: { logs: readonly string[]; onLog(listener: (line: string) => void): void },
  text: string,
) {
  return new Promise<string>((resolve) => {
    const look = (line: string) => {
      if (line.includes(text)) resolve(line)
    }
    lambda.logs.forEach(look)
    lambda.onLog(look)
  })
}
