export type Timer = { readonly at: number; readonly tie: number; readonly wake: () => void }

type Entry = Timer & { calledOff: boolean }

/** Timers by instant, those of one instant by their tie. */
export function timerHeap() {
  const heap: Entry[] = []

  function pop(): Entry | undefined {
    const [top] = heap
    const last = heap.pop()
    if (last && heap.length > 0) sink(heap, last)
    return top
  }

  return {
    /** @returns what calls the timer off */
    push(timer: Timer): () => void {
      const entry = { ...timer, calledOff: false }
      rise(heap, entry)
      return () => {
        entry.calledOff = true
      }
    },
    pop,
    next(): Timer | undefined {
      while (heap[0]?.calledOff) pop()
      return heap[0]
    },
  }
}

function rise(heap: Entry[], entry: Entry): void {
  let at = heap.length
  while (at > 0) {
    const parent = (at - 1) >> 1
    const above = heap[parent]
    if (!above || !isBefore(entry, above)) break
    heap[at] = above
    at = parent
  }
  heap[at] = entry
}

/** Puts an entry in the root's place and lets it find its own. */
function sink(heap: Entry[], entry: Entry): void {
  let at = 0
  for (;;) {
    const [left, right] = [heap[2 * at + 1], heap[2 * at + 2]]
    const child = right && left && isBefore(right, left) ? right : left
    if (!child || !isBefore(child, entry)) break
    heap[at] = child
    at = child === left ? 2 * at + 1 : 2 * at + 2
  }
  heap[at] = entry
}

function isBefore(one: Timer, other: Timer): boolean {
  return one.at < other.at || (one.at === other.at && one.tie < other.tie)
}
