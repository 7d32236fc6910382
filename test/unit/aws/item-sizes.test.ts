import { describe, expect, test } from 'vitest'
import { atlasLedger } from '../../../lib/aws/ledger.ts'
import type { Item } from '../../../lib/aws/table.ts'
import { NEW_ORG, type OrgState, orgKey } from '../../../lib/core/org-state.ts'
import { type PersonState, personKey, returned } from '../../../lib/core/returns.ts'
import { SOURCES, type SourcesState, withLastEvent } from '../../../lib/core/sources.ts'
import { credentialRestored, stoppedByCredential } from '../../../lib/core/stops.ts'
import { counted, reserve } from '../../../lib/core/window.ts'
import {
  afterFile,
  type EvaluatedFile,
  type RosterState,
  rosterKey,
  saysTooMuch,
} from '../../../lib/people/roster-state.ts'
import { noticeDraft, outcomeDraft } from '../../../lib/words/audit-event.ts'
import type { Case } from '../../../lib/words/case.ts'
import { snapshotOf } from '../../../lib/words/member.ts'
import type { Outcome } from '../../../lib/words/outcome.ts'
import { activeMember, later, ORG, openedCase } from '../../support/cases.ts'
import { memoryTable } from '../../support/memory-table.ts'

/** An item of DynamoDB is at most 400 KB, names of attributes included. */
const MOST_BYTES = 400 * 1_024
const MINUTE = 60_000

/** A ledger whose audit bus takes nothing: whatever is to be published stays. */
function ledgerWithoutBus() {
  let names = 0
  const table = memoryTable()
  const clock = { now: () => later(1_000), sleep: async () => undefined, random: () => 0.5 }
  const uid = () => {
    names += 1
    return `${names}`.padStart(36, '0')
  }
  const ledger = atlasLedger({ table, clock, uid, lockMs: 120_000, keepClosedMs: 1 })
  const largest = () => Math.max(...table.items().map(bytesOf))
  return { ledger, table, largest }
}

function bytesOf(item: Item): number {
  return Buffer.byteLength(JSON.stringify(item))
}

const deferred = (code: string): Outcome => ({ kind: 'deferred', code, nextAttemptAt: later(MINUTE) })

/** A file by which these people leave. */
function evaluation(key: string, people: readonly string[]): EvaluatedFile {
  const counts = { lines: 9, nameless: 0, left: 9, ahead: 0, leavers: 9, besideActive: 0 }
  const leaving = people.map(
    (username) => [username, { kind: 'leaving', username, endsAt: later(1) }] as const,
  )
  return {
    source: 'roster/workday',
    file: { key, version: 'v'.repeat(32), sequencer: key, at: later(MINUTE) },
    evaluation: {
      ...{
        kind: 'evaluated',
        columns: {} as never,
        isEnded: true,
        counts,
        unclear: [],
        unsure: [],
        sparse: [],
        ours: 9,
        members: 9,
        staying: 0,
        withStatus: 9,
        movedIds: 0,
      },
      people: new Map(leaving),
    },
    listedAt: later(0),
    orgIds: [ORG],
    names: new Map(people.map((name) => [name, [ORG]])),
  }
}

const LIMITS = { maxRemovalsPerDay: 1_000, maxRemovalsPercent: 100 }

/** A member of more projects than we keep the roles of. */
const OF_MANY_PROJECTS = snapshotOf(
  activeMember({
    projectRoles: Array.from({ length: 1_000 }, (_, index) => ({
      groupId: index.toString(16).padStart(24, 'b'),
      roles: ['GROUP_DATA_ACCESS_ADMIN', 'GROUP_CLUSTER_MANAGER'],
    })),
  }),
)

describe('an item stays below 400 KB while the audit bus takes nothing', () => {
  test('of a case that fails in turns for weeks: what closes it is published, and no number is missing', async () => {
    const { ledger, table, largest } = ledgerWithoutBus()
    const opened = openedCase({ snapshot: { ...OF_MANY_PROJECTS } })
    let { task } = await ledger.record(opened)
    const commit = async (outcome: Outcome, closed?: true) => {
      const drafts = [outcomeDraft(task as Case, outcome, later(1))]
      const change = { state: { ...task.state, outcome }, drafts, ...(closed && { closed }) }
      task = (await ledger.commit(task, change))?.task ?? task
    }

    for (let tries = 0; tries < 500; tries += 1) await commit(deferred(tries % 2 ? 'TIMEOUT' : 'HTTP_503'))
    await commit({ kind: 'removed', evidence: 'answered', revokedAt: later(2) }, true)

    expect(largest()).toBeLessThan(MOST_BYTES)
    const uids = Object.keys(table.items()[0]?.outbox.effects ?? {})
    expect(uids.at(-1)).toBe(`${opened.id}/${uids.length}`)
    expect(task.sequence).toBe(uids.length)
  })

  test('of a case that was read again before each attempt', async () => {
    const { ledger, largest } = ledgerWithoutBus()
    const { id } = (await ledger.record(openedCase())).task
    for (let tries = 0; tries < 1_000; tries += 1) {
      const task = (await ledger.read('case', id)) as Case
      const drafts = [outcomeDraft(task, deferred(`CODE_${tries}`), later(1))]
      await ledger.commit(task, { state: task.state, drafts })
    }

    expect(largest()).toBeLessThan(MOST_BYTES)
  })

  test('of a case that a human acts on again and again: the acts are refused, not forgotten', async () => {
    const { ledger, largest } = ledgerWithoutBus()
    const { id } = (await ledger.record(openedCase())).task
    const actor = { actor: 'arn:aws:iam::1:user/x', claimedBy: 'x'.repeat(200) }
    const act = async () => {
      const task = (await ledger.read('case', id)) as Case
      const notice = noticeDraft({
        name: 'released',
        at: later(1),
        actor,
        unmapped: { because: '€'.repeat(200) },
      })
      await ledger.commit(task, { state: task.state, drafts: [notice] })
    }

    await expect(
      (async () => {
        for (let tries = 0; tries < 1_000; tries += 1) await act()
      })(),
    ).rejects.toThrow('wait to be published')

    expect(largest()).toBeLessThan(MOST_BYTES)
  })

  test('of an organization with a full window whose credential comes and goes', async () => {
    const { ledger, largest } = ledgerWithoutBus()
    let full = counted(NEW_ORG, 100_000, later(0))
    for (let one = 0; one < 1_000; one += 1) {
      const [caseId, member] = [`c-${one.toString(16).padStart(20, '0')}`, one.toString(16).padStart(24, '0')]
      full = reserve(full, { caseId, member, orgId: ORG }, LIMITS, later(one))?.state ?? full
    }
    await ledger.change<OrgState>(orgKey(ORG), () => ({ state: full }))
    for (let tries = 0; tries < 200; tries += 1) {
      await ledger.change<OrgState>(orgKey(ORG), (state = NEW_ORG) =>
        stoppedByCredential(state, ORG, 'INVALID_CLIENT', later(tries)),
      )
      await ledger.change<OrgState>(orgKey(ORG), (state = NEW_ORG) =>
        credentialRestored(state, ORG, later(tries)),
      )
    }

    expect(largest()).toBeLessThan(MOST_BYTES)
    const [known] = await ledger.memories([orgKey(ORG)])
    expect(Object.keys((known?.state as OrgState | undefined)?.slots ?? {})).toHaveLength(1_000)
  })

  test('of a person whom many sources call back, over and over', async () => {
    const { ledger, largest } = ledgerWithoutBus()
    const key = personKey('ada@example.com')
    for (let source = 0; source < 55; source += 1)
      for (let times = 0; times < 13; times += 1) {
        const occurredAt = later(times)
        const name = `eventbridge/${`${source}`.padEnd(256, 'y')}`
        const id = `${name}:${`${times}`.padEnd(200, 'x')}`
        const back = { id, source: name, username: 'ada@example.com', occurredAt }
        await ledger.change<PersonState>(key, (state) =>
          returned(state, back, { now: later(MINUTE), isNews: true }),
        )
      }
    expect(largest()).toBeLessThan(MOST_BYTES)
  })

  test('of a roster that calls as many people gone as one file may, after as many others', async () => {
    const { ledger, largest } = ledgerWithoutBus()
    for (const file of ['a', 'b', 'c']) {
      const people = Array.from({ length: 680 }, (_, at) => `${file}-${at}@example.com`.padStart(60, 'x'))
      const evaluatedFile = evaluation(file, people)
      expect(saysTooMuch(evaluatedFile.evaluation.people)).toBe(false)
      await ledger.change<RosterState>(rosterKey('workday'), (state) => ({
        // What a file gave to queue is queued before the next one is taken.
        state: afterFile(state && { ...state, pending: [] }, evaluatedFile),
      }))
      expect(largest()).toBeLessThan(MOST_BYTES)
    }
    const more = Array.from({ length: 700 }, (_, at) => `${at}@example.com`.padStart(60, 'x'))
    expect(saysTooMuch(evaluation('d', more).evaluation.people)).toBe(true)
  })

  test('of the sources that ever sent something', async () => {
    const { ledger, largest } = ledgerWithoutBus()
    for (let source = 0; source < 500; source += 1)
      await ledger.change<SourcesState>(SOURCES, (state) => ({
        state: withLastEvent(state, `${source}`.padEnd(256, 'z'), later(source), 'w'.repeat(1_000)),
      }))

    expect(largest()).toBeLessThan(MOST_BYTES)
  })
})
