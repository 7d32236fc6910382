import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { startDoubles } from './doubles/doubles.ts'
import { type Figure, ratioOf, type Samples } from './measure.ts'

const ROUNDS = 60

type Report = { readonly samples: Samples<'handler' | 'inMemory' | 'bare'>; readonly removed: number }

/**
 * A warm removal over the same three Atlas requests in bare undici: the whole handler with real SDK clients over real
 * sockets, and the same with ledger and audit in memory. Atlas answers after 50 ms, every AWS call after 5 ms.
 */
export async function measure(): Promise<readonly Figure[]> {
  await using doubles = await startDoubles({ leavers: 1_000, atlasMs: 50, awsMs: 5 })
  const worker = fork(fileURLToPath(new URL('warm-worker.ts', import.meta.url)), [String(ROUNDS)], {
    // As on Lambda: what npm and a shell set is none of its environment.
    env: doubles.env,
    execArgv: [],
    // The function's log lines: written, and read by nobody.
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  const exited = once(worker, 'exit').then(([code]) => {
    throw new Error(`Cannot measure warm removals: the measured process ended with ${code}`)
  })
  exited.catch(() => undefined)
  try {
    const [message] = await Promise.race([once(worker, 'message'), exited])
    const { samples, removed } = message as Report
    if ((await doubles.removed()) !== removed)
      throw new Error('Cannot measure warm removals: not all were removed')

    return [
      { name: 'warm removal', unit: 'x', atMost: 1.3, ...ratioOf(samples.handler, samples.bare) },
      {
        name: 'warm removal, ledger and audit in memory',
        unit: 'x',
        atMost: 1.05,
        ...ratioOf(samples.inMemory, samples.bare),
      },
    ]
  } finally {
    worker.kill()
  }
}
