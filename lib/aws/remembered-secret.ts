import type { Clock } from '../core/ports.ts'

/** What a secret says, or why it says nothing. */
export type SecretReading<T> =
  | { readonly kind: 'read'; readonly content: T }
  | { readonly kind: 'unread'; readonly code: string }

/** One secret as it was last read. */
export type RememberedSecret<T> = {
  latest(): SecretReading<T>
  isDue(): boolean
  /** Reads the secret now, or joins the read that is under way. Never throws. */
  read(): Promise<void>
}

/** After a failed read, long enough that a batch does not hammer, short enough that a repair is soon seen. */
const TRY_AGAIN_AFTER_MS = 10_000

/**
 * Remembers a secret until its time to live is over.
 *
 * What was once read stays in use while it cannot be read again: a credential that no longer works is Atlas's to refuse, and one that
 * still does gets leavers out. A secret not yet read at all counts as `SECRET_TIMEOUT`.
 */
export function rememberedSecret<T>(options: {
  readonly read: () => Promise<SecretReading<T>>
  readonly clock: Clock
  readonly ttlMs: number
}): RememberedSecret<T> {
  const { clock, ttlMs } = options
  let latest: SecretReading<T> = { kind: 'unread', code: 'SECRET_TIMEOUT' }
  let dueAt = clock.now()
  let reading: Promise<void> | undefined

  async function readNow(): Promise<void> {
    const answer = await options.read()
    if (answer.kind === 'read' || latest.kind === 'unread') latest = answer
    dueAt = new Date(clock.now().getTime() + (answer.kind === 'read' ? ttlMs : TRY_AGAIN_AFTER_MS))
    reading = undefined
  }

  return {
    latest: () => latest,
    isDue: () => clock.now() >= dueAt,
    read() {
      reading ??= readNow()
      return reading
    },
  }
}
