import { describe, expect, test } from 'vitest'
import { type Attempt, changeOpenTask, followUp, resumeTask, start } from '../../../lib/core/runner.ts'
import { noticeDraft } from '../../../lib/words/audit-event.ts'
import type { Case, CaseState } from '../../../lib/words/case.ts'
import { later, openedCase } from '../../support/cases.ts'
import { coreParts } from '../../support/core-parts.ts'

const DEADLINE = later(120_000)
const KASE = openedCase()
const ABOUT = { kind: 'case', id: KASE.id } as const

/** Closes the task, and tells what it was given. */
function closing(given: unknown[] = []): Attempt<CaseState> {
  return async ({ task, deadline }) => {
    given.push(deadline)
    return { task, change: { state: task.state, closed: true } }
  }
}

describe('start()', () => {
  test('records the task, attempts it, and gives the lock back', async () => {
    const { deps, table } = coreParts()

    await start(deps, KASE, DEADLINE, () => closing())

    expect((await deps.ledger.read('case', KASE.id))?.closedAt).toEqual(later(60_000))
    expect(table.items().filter(({ pk }) => pk.startsWith('lock#'))).toEqual([])
  })

  test('throws what kept it from recording, and gives the lock back', async () => {
    const { deps, table } = coreParts()
    const ledger = { ...deps.ledger, record: () => Promise.reject(new Error('throttled')) }

    await expect(start({ ...deps, ledger }, KASE, DEADLINE, () => closing())).rejects.toThrow('throttled')
    expect(table.items()).toEqual([])
  })

  test('attempts nothing where no attempt suits what the ledger holds', async () => {
    const { deps, table } = coreParts()

    await start(deps, KASE, DEADLINE, () => undefined)

    expect(table.items().map(({ pk }) => pk)).toEqual([`case#${KASE.id}`])
  })

  test('acknowledges a recorded task although the lock cannot be had', async () => {
    const { deps, seen } = coreParts()
    const ledger = { ...deps.ledger, lock: () => Promise.reject(new Error('throttled')) }

    await start({ ...deps, ledger }, KASE, DEADLINE, () => closing())

    expect(seen.journal).toEqual([{ event: 'unfinished', taskId: KASE.id, error: 'Error' }])
  })

  test.each([
    { by: 'c-other', queued: [{ message: { kind: 'task', task: 'case', id: KASE.id }, delayMs: 10_000 }] },
    { by: KASE.id, queued: [] },
  ])('leaves the person to a worker that has $by', async ({ by, queued }) => {
    const { deps, seen } = coreParts()
    await deps.ledger.lock(KASE.subject, by)

    await start(deps, KASE, DEADLINE, () => closing())

    expect(seen.queued).toEqual(queued)
  })
})

describe('resumeTask()', () => {
  const attempted = async (task: Case | undefined, deadline = DEADLINE) => {
    const { deps } = coreParts()
    const given: unknown[] = []
    if (task) await deps.ledger.record(task)
    await resumeTask(deps, ABOUT, deadline, closing(given))
    return given
  }

  test.each([
    ['an unknown task', undefined],
    ['a task that waits for a human', openedCase({}, {}, { dueAt: undefined } as never)],
    ['a task that is due later', openedCase({}, {}, { dueAt: later(61_001) })],
    ['a closed task', openedCase({}, {}, { closedAt: later(0) })],
  ])('leaves %s alone', async (_, task) => {
    expect(await attempted(task)).toEqual([])
  })

  test('takes up what is due, or will be in a second, and keeps three of its twenty seconds', async () => {
    expect(await attempted(openedCase({}, {}, { dueAt: later(61_000) }))).toEqual([later(77_000)])
  })

  test('begins nothing that it has no time to end', async () => {
    expect(await attempted(KASE, later(63_000))).toEqual([])
  })

  test('queues the task again while another task of the person is at work', async () => {
    const { deps, seen } = coreParts()
    await deps.ledger.record(KASE)
    await deps.ledger.lock(KASE.subject, 'c-other')

    await resumeTask(deps, ABOUT, DEADLINE, closing())

    expect(seen.queued).toHaveLength(1)
  })

  test('writes nothing once another worker has overtaken it', async () => {
    const { deps, seen } = coreParts()
    await deps.ledger.record(KASE)

    await resumeTask(deps, ABOUT, DEADLINE, async () => undefined)
    await resumeTask(deps, ABOUT, DEADLINE, async ({ task }) => ({
      task: { ...task, version: 7 },
      change: { state: task.state, closed: true },
    }))

    expect((await deps.ledger.read('case', KASE.id))?.version).toBe(1)
    expect(seen.journal).toEqual([])
  })

  test('does its work although the lock cannot be given back', async () => {
    const { deps } = coreParts()
    await deps.ledger.record(KASE)
    const ledger = { ...deps.ledger, unlock: () => Promise.reject(new Error('throttled')) }

    await resumeTask({ ...deps, ledger }, ABOUT, DEADLINE, closing())

    expect((await deps.ledger.read('case', KASE.id))?.closedAt).toBeDefined()
  })
})

describe('followUp()', () => {
  test.each([
    ['at once', 0, 0],
    ['after its wait', 900_000, 900_000],
  ])('queues an open task %s', async (_, ms, delayMs) => {
    const { deps, seen } = coreParts()

    await followUp(deps, { task: openedCase({}, {}, { dueAt: later(60_000 + ms) }) })

    expect(seen.queued).toMatchObject([{ delayMs }])
  })

  test.each([
    ['further off than SQS can delay', openedCase({}, {}, { dueAt: later(960_001) })],
    ['closed', openedCase({}, {}, { closedAt: later(0) })],
    ['held', openedCase({}, {}, { dueAt: undefined } as never)],
  ])('queues nothing that is %s', async (_, task) => {
    const { deps, seen } = coreParts()

    await followUp(deps, { task })

    expect(seen.queued).toEqual([])
  })

  test('leaves what the queue does not take to the sweep', async () => {
    const { deps } = coreParts()
    const queue = { ...deps.queue, send: () => Promise.reject(new Error('throttled')) }

    await expect(followUp({ ...deps, queue }, { task: KASE })).resolves.toBeUndefined()
  })
})

describe('changeOpenTask()', () => {
  const change = () => ({ drafts: [noticeDraft({ name: 'retried', at: later(0) })] })

  test('changes an open task, publishes, and lets a worker take it up at once', async () => {
    const { deps, seen } = coreParts()
    await deps.ledger.record(openedCase({}, {}, { dueAt: undefined } as never))

    expect(await changeOpenTask(deps, ABOUT, change)).toMatchObject({ kind: 'changed', task: { version: 2 } })
    expect(seen.published.map(({ uid }) => uid)).toEqual([`${KASE.id}/1`])
    expect(seen.queued).toMatchObject([{ message: { id: KASE.id }, delayMs: 0 }])
  })

  test('knows no task that is not there', async () => {
    expect(await changeOpenTask(coreParts().deps, ABOUT, change)).toEqual({ kind: 'unknown' })
  })

  test('leaves a closed task closed', async () => {
    const { deps } = coreParts()
    await deps.ledger.record(openedCase({}, {}, { closedAt: later(0) }))

    expect(await changeOpenTask(deps, ABOUT, change)).toMatchObject({ kind: 'closed' })
  })

  test('leaves a task as it is to which the change does not apply, and gives the lock back', async () => {
    const { deps } = coreParts()
    await deps.ledger.record(KASE)

    expect(await changeOpenTask(deps, ABOUT, () => undefined)).toMatchObject({ kind: 'unchanged' })
    expect(await changeOpenTask(deps, ABOUT, change)).toMatchObject({ kind: 'changed' })
  })

  test('changes nothing under a worker’s hands', async () => {
    const { deps } = coreParts()
    await deps.ledger.record(KASE)
    await deps.ledger.lock(KASE.subject, 'c-other')

    expect(await changeOpenTask(deps, ABOUT, change)).toEqual({ kind: 'busy' })
  })

  test('sees how a worker ended the task between the first look and the lock', async () => {
    const { deps } = coreParts()
    await deps.ledger.record(KASE)
    const [open, closed] = [KASE, { ...KASE, closedAt: later(0) }]
    const looks = [open, closed]
    const ledger = { ...deps.ledger, read: async () => looks.shift() as never }

    expect(await changeOpenTask({ ...deps, ledger }, ABOUT, change)).toMatchObject({ kind: 'closed' })
  })

  test('is busy if somebody wrote the task without the lock, and goes by the first look if there is no second', async () => {
    const { deps } = coreParts()
    await deps.ledger.record(KASE)
    const looks = [{ ...KASE, version: 7 }, undefined]
    const ledger = { ...deps.ledger, read: async () => looks.shift() as never }

    expect(await changeOpenTask({ ...deps, ledger }, ABOUT, change)).toEqual({ kind: 'busy' })
  })
})
