import type { Clock } from '../core/ports.ts'
import type { Notice } from '../words/audit-event.ts'
import { fromJson } from './json.ts'
import type { Item, Table } from './table.ts'

/** Something that many workers change at once, and that carries the notices its changes give to tell. */
type State = { readonly version: number; readonly unpublished: readonly Notice[] }

type Options<S extends State> = {
  readonly table: Table
  readonly clock: Clock
  readonly uid: () => string
  readonly prefix: string
  readonly initial: (name: string) => S
  /** What stands in for an item that says nothing we can read. Default: nothing may, and reading it throws. */
  readonly unreadable?: (name: string) => S
  /** A state that says nothing expires, and its name with it. Default: none. */
  readonly isBlank?: (state: S) => boolean
}

const MOST_TRIES = 20
const CONTENTION_MS = 20

/** States that change by compare-and-set: a change is made to what is really there, however many writers there are. */
export function sharedStates<S extends State>(options: Options<S>) {
  const { table, clock, uid, prefix, initial, unreadable, isBlank = () => false } = options
  async function read(name: string): Promise<S> {
    const item = await table.get(`${prefix}${name}`)
    if (!item) return initial(name)
    const state = parsed<S>(item.body)
    if (state) return state
    if (!unreadable) throw new Error(`Cannot read "${prefix}…": not what was written`)
    return { ...unreadable(name), version: item.version }
  }

  async function write(name: string, state: S, next: S): Promise<boolean> {
    const condition =
      state.version === 0
        ? ({ kind: 'absent' } as const)
        : ({ kind: 'version', version: state.version } as const)
    const item = toItem(`${prefix}${name}`, next, uid())
    const expiresAt = Math.ceil(clock.now().getTime() / 1_000)
    return await table.put(isBlank(next) ? { ...item, expiresAt } : item, condition)
  }

  /** @throws after many tries, all overtaken */
  async function change(name: string, by: (state: S) => S | undefined, known?: S): Promise<S> {
    for (let tries = 0; tries < MOST_TRIES; tries += 1) {
      const remembered = tries === 0 ? known : undefined
      const state = remembered ?? (await read(name))
      const changed = by(state)
      // "Nothing to change" is only true of what is there now.
      if (!changed && remembered) continue
      if (!changed) return state

      const next = { ...changed, version: state.version + 1 }
      if (await write(name, state, next)) return next
      await clock.sleep(clock.random() * CONTENTION_MS * (tries + 1))
    }
    throw new Error(`Cannot change "${prefix}…": too many writers at once`)
  }

  return { read, change }
}

function parsed<S extends State>(body: string): S | undefined {
  try {
    return fromJson(body) as S
  } catch {
    return undefined
  }
}

function toItem(pk: string, state: State, writeId: string): Item {
  const [oldest] = state.unpublished
  return {
    pk,
    version: state.version,
    writeId,
    body: JSON.stringify(state),
    keys: oldest ? { unpublishedKey: 'unpublished', unpublishedAt: oldest.at.toISOString() } : {},
  }
}
