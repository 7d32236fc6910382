import type { InMemoryAws, Message } from './in-memory-aws.ts'
import type { VirtualTime } from './virtual-time.ts'

const VISIBILITY_MS = 360_000
const BUSY_MS = 200
const MOST_JITTER_MS = 500

type Options = {
  readonly time: VirtualTime
  readonly aws: InMemoryAws
  readonly batchSize: number
  /** Invocations at once. */
  readonly concurrency: number
  /** Probability that a message which was acknowledged comes once more. */
  readonly duplicates: number
  /** @returns the ids of the messages that were not acknowledged; rejects if none was */
  readonly deliver: (batch: readonly Message[]) => Promise<ReadonlySet<string>>
}

/** Brings the queue's messages to workers as Lambda's event source mapping does: at least once, in no order. */
export function queueFeed({ time, aws, batchSize, concurrency, duplicates, deliver }: Options) {
  let open = false
  let underWay = 0

  function schedule(message: Message): void {
    if (!open) return
    const inMs = Math.max(0, message.visibleAt.getTime() - time.now().getTime())
    time.after(inMs + time.random() * MOST_JITTER_MS, () => receive(message))
  }

  function isVisible(message: Message): boolean {
    return message.visibleAt <= time.now() && aws.messages.includes(message)
  }

  function receive(message: Message): void {
    if (!open || !isVisible(message)) return
    if (underWay >= concurrency) {
      time.after(BUSY_MS, () => receive(message))
      return
    }
    const others = aws.messages.filter((other) => other !== message && isVisible(other))
    void invoke([message, ...others].slice(0, batchSize))
  }

  async function invoke(batch: readonly Message[]): Promise<void> {
    underWay += 1
    for (const message of batch) {
      message.visibleAt = new Date(time.now().getTime() + VISIBILITY_MS)
      message.receiveCount += 1
    }
    const everyone = new Set(batch.map(({ id }) => id))
    const failed = await deliver(batch).catch(() => everyone)
    underWay -= 1
    for (const message of batch) {
      if (!failed.has(message.id) && time.random() >= duplicates) remove(message)
      schedule(message)
    }
  }

  function remove(message: Message): void {
    const at = aws.messages.indexOf(message)
    if (at >= 0) aws.messages.splice(at, 1)
  }

  aws.onMessage = schedule
  return {
    start() {
      open = true
      for (const message of aws.messages) schedule(message)
    },
    stop() {
      open = false
    },
  }
}
