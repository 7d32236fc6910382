import type { DeadLetters, Members, Organizations } from '../core/ports.ts'
import type { RunnerDeps } from '../core/runner.ts'
import type { TaskKind } from '../words/task.ts'

/** What the sweep needs. It reads Atlas with the read credentials and can remove nobody. */
export type SweepDeps = RunnerDeps & {
  readonly members: Members
  readonly organizations: Organizations
  readonly deadLetters: DeadLetters
  /** For how long removed people are looked for in the member list. */
  readonly recheckMs: number
  /** Rosters from which a file is expected every night. */
  readonly rosters: readonly string[]
  /** HR systems to be asked each day who left. */
  readonly hrSystems: readonly string[]
}

/** Every kind of task that can wait. A kind that is missing here would never be taken up again. */
export const KINDS = Object.keys({
  case: true,
  search: true,
  reference: true,
  proposal: true,
} satisfies Record<TaskKind, true>) as readonly TaskKind[]

/** Lets each item of a page fail by itself. Keeps the first failure only, so that it stays small however much fails. */
export function tolerance() {
  let first: { readonly error: unknown } | undefined
  return {
    /** @returns what the work answers, or `undefined` if it failed */
    async attempt<T>(work: () => Promise<T> | T): Promise<T | undefined> {
      try {
        return await work()
      } catch (error) {
        first ??= { error }
        return undefined
      }
    },
    /** @throws what failed first, if anything failed */
    end() {
      if (first) throw first.error
    },
  }
}
