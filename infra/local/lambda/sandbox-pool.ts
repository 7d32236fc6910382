import type { Sandbox } from './sandbox.ts'

/** Keeps at most `limit` sandboxes. `acquire` gives a warm one, else a new one, else waits for the next one that is released. */
export function sandboxPool(limit: number, start: () => Promise<Sandbox>) {
  const idle: Sandbox[] = []
  const all = new Set<Sandbox>()
  const waiting: (() => void)[] = []
  let slots = limit
  let closed = false

  async function acquire(): Promise<Sandbox> {
    for (;;) {
      if (closed) throw new Error('Cannot run a function that is closed')
      const warm = idle.pop()
      if (warm?.isAlive()) return warm
      if (warm) discard(warm)
      else if (slots > 0) return create()
      else await new Promise<void>((resolve) => waiting.push(resolve))
    }
  }

  async function create(): Promise<Sandbox> {
    slots -= 1
    const sandbox = await start()
    all.add(sandbox)
    if (closed) await sandbox.close()
    return sandbox
  }

  function discard(sandbox: Sandbox) {
    all.delete(sandbox)
    slots += 1
  }

  function release(sandbox: Sandbox) {
    if (sandbox.isAlive()) idle.push(sandbox)
    else discard(sandbox)
    waiting.shift()?.()
  }

  async function close() {
    closed = true
    for (const wake of waiting.splice(0)) wake()
    await Promise.all([...all].map((sandbox) => sandbox.close()))
  }

  const alive = () => [...all].filter((sandbox) => sandbox.isAlive())
  return { acquire, release, alive, close }
}
