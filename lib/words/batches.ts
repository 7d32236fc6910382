/** Splits items, in order, into batches within the limits; an item larger than `limits.bytes` is a batch of its own. */
export function batchesOf<T>(
  items: readonly T[],
  bytesOf: (item: T) => number,
  limits: { readonly count: number; readonly bytes: number },
): readonly (readonly T[])[] {
  const batches: T[][] = []
  let open: T[] = []
  let openBytes = 0
  for (const item of items) {
    const bytes = bytesOf(item)
    if (open.length === 0 || open.length === limits.count || openBytes + bytes > limits.bytes) {
      open = []
      openBytes = 0
      batches.push(open)
    }
    open.push(item)
    openBytes += bytes
  }
  return batches
}
