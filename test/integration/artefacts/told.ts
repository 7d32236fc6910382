import { vi } from 'vitest'
import { allQueued } from './queue.ts'
import type { Stack } from './stack.ts'

/** An outcome as it was published. */
type Told = {
  readonly uid: string
  readonly orgId: string | undefined
  readonly source: string | undefined
  readonly attempt: number
  readonly kind: string
  readonly [field: string]: unknown
}

type Detail = {
  readonly metadata: { readonly uid: string }
  readonly resources?: readonly { readonly uid: string }[]
  readonly unmapped: {
    readonly attempts: number
    readonly source?: string
    readonly outcome: { readonly kind: string }
  }
}

const AT_LAST = { timeout: 15_000, interval: 20 }

/**
 * Waits until so many outcomes are published and the queues are at rest, so that one too many is seen as well.
 *
 * @param keptBack - messages that a killed worker did not settle; the queue keeps them until their visibility timeout
 */
export async function told(stack: Stack, count: number, keptBack = 0): Promise<readonly Told[]> {
  await vi.waitFor(() => {
    const kinds = outcomesOf(stack).map(({ kind }) => kind)
    if (kinds.length < count) throw new Error(`Told [${kinds}] of ${count}\n${lastLogs(stack)}`)
  }, AT_LAST)
  await rested(stack, keptBack)
  return outcomesOf(stack)
}

/** Waits until no queue holds anything to deliver, or anything that is being worked on. */
export async function rested(stack: Stack, keptBack = 0): Promise<void> {
  await vi.waitFor(async () => {
    const { waiting, received } = await allQueued(stack.aws)
    if (waiting + received !== keptBack)
      throw new Error(`${waiting} messages wait, ${received} are received\n${lastLogs(stack)}`)
  }, AT_LAST)
}

/** What the worker said last: without it a departure that nobody worked on is a mere time-out. */
function lastLogs({ departures }: Stack): string {
  return departures.logs.slice(-5).join('\n')
}

/** Every outcome published so far. */
export function outcomesOf({ aws }: Stack): readonly Told[] {
  return aws.events
    .filter((event) => event['detail-type'] === 'Offboarding Outcome')
    .map(({ detail }) => detail as Detail)
    .map(({ metadata: { uid }, resources: [place] = [], unmapped: { attempts, source, outcome } }) => ({
      uid,
      orgId: place?.uid,
      source,
      attempt: attempts,
      ...outcome,
    }))
}
