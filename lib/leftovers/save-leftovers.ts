import type { Ledger } from '../core/ports.ts'
import type { Case } from '../words/case.ts'

const MOST_TRIES = 3

/**
 * Saves what a search for leftovers made of its case. Whoever published meanwhile has written the case too; a case whose leftovers
 * are others by now has been worked on by somebody else.
 *
 * @returns `undefined` if somebody else has
 */
export async function saveLeftovers(
  ledger: Ledger,
  kase: Case,
  made: (kase: Case) => Case,
): Promise<Case | undefined> {
  let current: Case | undefined = kase
  for (let tries = 1; tries <= MOST_TRIES && current && isSame(current, kase); tries += 1) {
    const saved = await ledger.save(made(current))
    if (saved) return saved
    current = await ledger.read(kase.id)
  }
  return undefined
}

function isSame(one: Case, other: Case): boolean {
  return JSON.stringify(one.leftovers) === JSON.stringify(other.leftovers)
}
