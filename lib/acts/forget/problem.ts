import type { Ledger, Memory } from '../../core/ledger.ts'
import type { PersonState } from '../../core/returns.ts'
import type { Task } from '../../words/task.ts'
import { asciiLowerCase } from '../../words/username.ts'

/** Everything that the ledger keeps under a name. */
export type Known = {
  readonly tasks: readonly Task[]
  readonly memories: readonly Memory<unknown>[]
  readonly person: PersonState
}

type Request = {
  readonly username: string
  readonly by?: string | undefined
  readonly because: string
}

/** SQS keeps a message for 14 days at most: so long may a departure from before a return still be on its way. */
const LATEST_MS = 14 * 24 * 3_600_000

/** Says why a person cannot be forgotten now; `undefined` if they can. */
export async function problemOf(
  { username, by = '', because }: Request,
  { tasks, memories, person }: Known,
  ledger: Ledger,
  now: Date,
): Promise<string | undefined> {
  const words = asciiLowerCase(`${by}\n${because}`)
  if (words.includes(asciiLowerCase(username))) return '`because`: must not hold the name that is forgotten'
  const open = tasks.filter(({ closedAt }) => !closedAt)
  if (open.length > 0) return `\`username\`: still open: ${open.map(({ id }) => id).join(', ')}`
  const isLately = ({ at }: { readonly at: Date }) => now.getTime() - at.getTime() <= LATEST_MS
  if (Object.values(person.returns).some(isLately))
    return '`username`: came back within 14 days, and an older departure may still be on its way; try again later'
  if (memories.some(({ isUnreadable }) => isUnreadable))
    return '`username`: what is remembered of this person cannot be read'
  if (tasks.length === 0 && memories.every(({ state }) => state === undefined))
    return '`username`: the ledger knows nobody by this name'
  const keys = new Set([...tasks.map(({ kind, id }) => `${kind}#${id}`), ...memories.map(({ key }) => key)])
  return (await isUnpublished(ledger, keys, now))
    ? '`username`: not every event about this person has been published yet; try again later'
    : undefined
}

/** An event that waits to be published names the person. */
async function isUnpublished(ledger: Ledger, keys: ReadonlySet<string>, now: Date): Promise<boolean> {
  for await (const page of ledger.outboxes(now)) if (page.some(({ key }) => keys.has(key))) return true
  return false
}
