/** First in, first out. Taking costs the same however many wait. */
export function fifo<T>() {
  let items: T[] = []
  let taken = 0
  return {
    add: (item: T) => void items.push(item),
    /** @returns at most so many, none if none wait */
    take(count: number): readonly T[] {
      const some = items.slice(taken, taken + count)
      taken += some.length
      if (taken === items.length) [items, taken] = [[], 0]
      return some
    },
  }
}
