import { seededRandom } from '../support/virtual-time.ts'

/** What chance decides, from one seed. */
export type Dice = ReturnType<typeof diceOf>

/** Throws the dice of one seed. */
export function diceOf(seed: number) {
  const random = seededRandom(Math.imul(seed, 2_654_435_761) ^ 0x5bd1e995)
  const below = (limit: number) => Math.floor(random() * limit)
  return {
    random,
    below,
    chance: (probability: number) => random() < probability,
    /** Skewed to short: most of what goes wrong does so within the same seconds. */
    within: (ms: number) => ms * random() ** 4,
    oneOf<T>(items: readonly [T, ...T[]] | readonly T[]): T {
      return items[below(items.length)] as T
    },
  }
}
