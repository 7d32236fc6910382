import type { ReaderDeps } from '../../../../lib/acts/act.ts'
import { verify as verifyAct } from '../../../../lib/acts/verify/act.ts'
import { atlasLedger } from '../../../../lib/aws/ledger.ts'
import type { Effect } from '../../../../lib/core/ledger.ts'
import type { CommittedPage } from '../../../../lib/evidence/verify/committed.ts'
import { type Spill, verify } from '../../../../lib/evidence/verify/verify.ts'
import { publishManifests } from '../../../../lib/sweep/manifests.ts'
import type { SweepDeps } from '../../../../lib/sweep/parts.ts'
import { noticeDraft, outcomeDraft } from '../../../../lib/words/audit-event.ts'
import { openCase } from '../../../../lib/words/case.ts'
import { withInstants } from '../../../../lib/words/with-instants.ts'
import { OWNER, type Taken } from '../../../support/archive-double.ts'
import { activeMember, departure, later, ORG } from '../../../support/cases.ts'
import { memoryTable } from '../../../support/memory-table.ts'

const DAY_MS = 24 * 3_600_000
const SINCE = new Date(Math.floor(later(0).getTime() / DAY_MS) * DAY_MS)
const DAYS = 3
/** The day after the last one, late enough for everything to have arrived. */
export const UNTIL = new Date(SINCE.getTime() + (DAYS + 1) * DAY_MS)

/** The real ledger over a table in memory, and every event that its audit bus took. */
export async function recordsOf(cases: number) {
  let now = SINCE
  let names = 0
  const table = memoryTable()
  const clock = { now: () => now, sleep: async () => undefined, random: () => 0.5 }
  const uid = () => {
    names += 1
    return `${names}`.padStart(36, 'u')
  }
  const ledger = atlasLedger({ table, clock, uid, lockMs: 1, keepClosedMs: DAY_MS })
  const taken: Taken[] = []
  const publish = async (outbox: Awaited<ReturnType<typeof ledger.change>>['outbox']) => {
    if (!outbox) return
    for (const effect of outbox.effects.values() as Iterable<Effect>)
      if (effect.kind === 'publish') taken.push(JSON.parse(JSON.stringify(effect.event)))
    await ledger.settle(outbox, new Set(outbox.effects.keys()))
  }
  const pass = (index: number) => {
    now = new Date(SINCE.getTime() + Math.floor((index / cases) * DAYS * DAY_MS))
  }
  for (let index = 0; index < cases; index += 1) {
    pass(index)
    const left = departure({ id: `okta:evt-${index}`, username: `person-${index}@example.com` })
    const { task } = await ledger.record(openCase(left, ORG, { at: now }))
    const held = { kind: 'held', reason: 'privileged' } as const
    const first = await ledger.commit(task, {
      state: { ...task.state, outcome: held },
      drafts: [outcomeDraft(task, held, now)],
    })
    await publish(first?.outbox)
    const removed = { kind: 'removed', evidence: 'answered', revokedAt: now } as const
    const state = { ...task.state, outcome: removed, snapshot: activeMember() }
    const kase = first?.task ?? task
    const drafts = [
      noticeDraft({ name: 'released', at: now, caseId: task.id }),
      outcomeDraft({ ...task, state }, removed, now),
    ]
    await publish((await ledger.commit(kase as typeof task, { state, drafts, closed: true }))?.outbox)
    const came = { name: 'return_received', at: now, user: { name: left.username } } as const
    await publish(
      (await ledger.change(`person#${left.username}`, () => ({ state: {}, drafts: [noticeDraft(came)] })))
        .outbox,
    )
  }
  const sweep = { ledger, clock, audit: { publish: async () => new Set<string>() } } as unknown as SweepDeps
  for (let day = 1; day <= DAYS + 1; day += 1) {
    now = new Date(SINCE.getTime() + day * DAY_MS + 3_600_000)
    await publishManifests(sweep, new Date(now.getTime() + DAY_MS))
    for await (const page of ledger.outboxes(UNTIL_ALL)) for (const outbox of page) await publish(outbox)
  }
  now = UNTIL
  return { ledger, table, taken, clock, pages: () => pagesOf({ ledger, clock } as unknown as ReaderDeps) }
}

const UNTIL_ALL = new Date(UNTIL.getTime() + 9 * DAY_MS)

/** The ledger's side as the reading operator answers it, over a wire. */
async function pagesOf(deps: ReaderDeps): Promise<readonly CommittedPage[]> {
  const pages: CommittedPage[] = []
  let cursor: string | undefined
  do {
    const invocation = {
      ...{ requestId: 'r', deadline: new Date(UNTIL.getTime() + 60_000) },
      self: { functionName: 'f', accountId: OWNER.account, region: OWNER.region },
    }
    const body = { action: 'verify', since: SINCE.toISOString(), ...(cursor !== undefined && { cursor }) }
    const answered = await verifyAct.answer(deps, body, invocation)
    const page = withInstants(JSON.parse(JSON.stringify(answered))) as CommittedPage
    if ('error' in page) throw new Error(String(page.error))
    pages.push(page)
    cursor = page.next
  } while (cursor !== undefined)
  return pages
}

/** Verifies files, given as lines, against the ledger's pages. */
export function verified(
  lines: readonly (string | Uint8Array)[],
  pages: readonly CommittedPage[],
  period: { readonly since?: Date; readonly until?: Date } = {},
) {
  return verify({
    ...{ since: SINCE, until: UNTIL, self: OWNER, spill: spillInMemory(), ...period },
    pages: each(pages),
    files: each([
      { name: 'a', read: () => each([Buffer.concat(lines.flatMap((line) => [Buffer.from(line), LF]))]) },
    ]),
  })
}

const LF = Buffer.from('\n')

async function* each<T>(items: readonly T[]): AsyncIterable<T> {
  yield* items
}

function spillInMemory(): Spill {
  const parts = new Map<number, string[]>()
  return {
    add(part, line) {
      if (!parts.get(part)?.push(line)) parts.set(part, [line])
    },
    read: (part) => parts.get(part) ?? [],
  }
}
