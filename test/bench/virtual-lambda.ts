import type { DeadLetters } from '../../lib/core/ports.ts'
import { deliver } from '../../lib/senders/deliver.ts'
import { sweep } from '../../lib/sweep/sweep.ts'
import type { Message } from '../support/in-memory-aws.ts'
import { fifo } from './fifo.ts'
import { isOwnTask, recordOf } from './leavers.ts'
import type { Environment, virtualSystem } from './virtual-system.ts'

/** As in serverless.yml and infra/queue.yml. */
const BATCH_SIZE = 10
const TIMEOUT_MS = 60_000
const VISIBILITY_MS = 360_000
const POLL_MS = 250
const MINUTE_MS = 60_000

type System = Awaited<ReturnType<typeof virtualSystem>>

/**
 * What Lambda does for a virtual system: so many execution environments take batches from each queue, and the sweep runs every minute.
 *
 * @returns the environments
 */
export function startLambda(
  system: System,
  concurrency: { readonly events: number; readonly work: number },
): readonly Environment[] {
  const { time, aws } = system
  const queues = { events: fifo<Message>(), work: fifo<Message>() }
  const show = (message: Message, afterMs: number) =>
    time.after(afterMs, () => queues[isOwnTask(message.body) ? 'work' : 'events'].add(message))
  aws.onMessage = (message) => {
    aws.messages.pop()
    show(message, message.visibleAt.getTime() - time.now().getTime())
  }
  const started = (['events', 'work'] as const).flatMap((name) =>
    Array.from({ length: concurrency[name] }, () => {
      const deps = system.environment()
      void consume(system, deps, { take: queues[name].take, giveBack: (one) => show(one, VISIBILITY_MS) })
      return deps
    }),
  )
  void sweepEveryMinute(system)
  return started
}

type Queue = {
  readonly take: (count: number) => readonly Message[]
  readonly giveBack: (message: Message) => void
}

async function consume({ time }: System, deps: Environment, { take, giveBack }: Queue) {
  for (;;) {
    const batch = take(BATCH_SIZE)
    if (batch.length === 0) {
      await time.wait(POLL_MS)
      continue
    }
    const deadline = new Date(time.now().getTime() + TIMEOUT_MS)
    const { batchItemFailures } = await deliver(deps, { Records: batch.map(recordOf) }, deadline)
    const failed = new Set(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier))
    for (const message of batch) if (failed.has(message.id)) giveBack(message)
  }
}

async function sweepEveryMinute({ time, environment }: System) {
  for (const deps = environment(); ; await time.wait(MINUTE_MS)) {
    const deadline = new Date(time.now().getTime() + TIMEOUT_MS)
    await sweep(
      { ...deps, deadLetters: EMPTY, hrSystems: [], recheckMs: 7 * 24 * 60 * MINUTE_MS, rosters: [] },
      'minute',
      deadline,
    )
  }
}

const EMPTY: DeadLetters = {
  counts: async () => ({ work: 0, events: 0, topic: 0 }),
  visit: async () => true,
}
