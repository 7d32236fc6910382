import type { Terminal } from './terminal.ts'

const SECOND_MS = 1_000
/** Where lines stay, every tenth is enough. */
const KEPT_EVERY = 10

/** Shows that something is going on, and for how long already, once it takes longer than a second. */
export async function withProgress<T>(terminal: Terminal, doing: string, work: Promise<T>): Promise<T> {
  let seconds = 0
  const stop = terminal.every(SECOND_MS, () => {
    seconds += 1
    const line = `${doing} … ${seconds} s`
    if (terminal.isLive) terminal.show(line)
    else if (seconds % KEPT_EVERY === 1) terminal.tell(line)
  })
  try {
    return await work
  } finally {
    stop()
    if (terminal.isLive && seconds > 0) terminal.show('')
  }
}
