import { vi } from 'vitest'
import { queued } from './queue.ts'
import type { Stack } from './stack.ts'

/** An outcome as the audit bus was told it. */
type Told = {
  readonly uid: string
  readonly orgId: string | undefined
  readonly attempt: number
  readonly kind: string
  readonly [field: string]: unknown
}

type Detail = {
  readonly metadata: { readonly uid: string }
  /** An organization; a secret where that could not be read. */
  readonly resources?: readonly { readonly uid?: string; readonly name?: string }[]
  readonly unmapped: { readonly attempts: number; readonly outcome: { readonly kind: string } }
}

const AT_LAST = { timeout: 15_000, interval: 20 }

/**
 * Waits until so many outcomes were told and the queue is at rest, so that one too many is seen as well.
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

/** Waits until the queue holds nothing to deliver and nothing that is being worked on. */
export async function rested(stack: Stack, keptBack = 0): Promise<void> {
  await vi.waitFor(async () => {
    const { waiting, received } = await queued(stack.aws)
    if (waiting + received !== keptBack)
      throw new Error(`${waiting} messages wait, ${received} are received\n${lastLogs(stack)}`)
  }, AT_LAST)
}

/** What the worker said last: without it a departure that nobody worked on is a mere time-out. */
function lastLogs({ departures }: Stack): string {
  return departures.logs.slice(-5).join('\n')
}

/** Every outcome that the bus was told so far. */
export function outcomesOf({ aws }: Stack): readonly Told[] {
  return aws.events
    .filter((event) => event['detail-type'] === 'Offboarding Outcome')
    .map(({ detail }) => detail as Detail)
    .map(({ metadata: { uid }, resources: [place] = [], unmapped: { attempts, outcome } }) => ({
      uid,
      orgId: place?.uid ?? place?.name,
      attempt: attempts,
      ...outcome,
    }))
}
