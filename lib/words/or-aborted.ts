/**
 * Waits for work no longer than the signal allows, even if the work heeds it late: undici does so only once it is connected.
 *
 * @throws the signal's reason, or what the work throws
 */
export async function orAborted<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  const { promise: aborted, reject } = Promise.withResolvers<never>()
  const abort = () => reject(signal.reason)
  if (signal.aborted) abort()
  signal.addEventListener('abort', abort)
  try {
    return await Promise.race([work, aborted])
  } finally {
    // Else the signal keeps everything that it was raced with in memory until its time is up.
    signal.removeEventListener('abort', abort)
  }
}
