import { describe, expect, test } from 'vitest'
import type { Ledger, Outbox, TaskChange } from '../../../lib/core/ledger.ts'
import {
  type Attempt,
  addMs,
  changeOpenTask,
  followUp,
  type Held,
  publish,
  remember,
  resumeTask,
  start,
} from '../../../lib/core/runner.ts'
import { type AuditEvent, noticeDraft } from '../../../lib/words/audit-event.ts'
import type { Case, CaseState } from '../../../lib/words/case.ts'
import { later, ORG, openedCase } from '../../support/cases.ts'
import { decision, HOUR, inMs, MINUTE, NOW, type Rig, rig } from './rig.ts'

const KASE = openedCase()
const OTHER = openedCase({}, { id: 'okta:other' }, { id: 'c-other' })
const REF = { kind: 'case', id: KASE.id } as const
const NOTICE = noticeDraft({ name: 'retried', at: NOW, caseId: KASE.id })
const HELD: TaskChange<CaseState> = { state: { ...KASE.state, attempts: 1 }, drafts: [NOTICE] }
const MESSAGE = { kind: 'task', task: 'case', id: KASE.id }
const down = (name: string) => Object.assign(new Error('slow down'), { name })
const throwing = (name: string) => () => Promise.reject(down(name))

/** An attempt that ends with a change, and what it was given. */
function attemptOf(change: TaskChange<CaseState> = HELD) {
  const seen: Held<CaseState>[] = []
  const attempt: Attempt<CaseState> = async (held) => {
    seen.push(held)
    return { task: held.task, change, note: { event: 'absorbed', caseId: held.task.id, source: 'okta' } }
  }
  return { seen, attempt }
}

const begin = (it: Rig, attempt: Attempt<CaseState>, deadline = inMs(MINUTE), opened: Case = KASE) =>
  start(it.deps, opened, deadline, () => attempt)
const isFree = async (it: Rig) => (await it.own.lock(KASE.subject, 'c-next')).kind === 'locked'

describe('start()', () => {
  test('records the task, works on it under its lock, commits, publishes and unlocks', async () => {
    const it = rig()
    const { seen, attempt } = attemptOf()
    const task = await begin(it, attempt)

    expect(task).toMatchObject({ id: KASE.id, version: 1 })
    expect(seen).toMatchObject([{ task: { version: 1 }, lock: { taskId: KASE.id } }])
    expect(it.calls.slice(0, 3)).toEqual(['record', 'lock', 'commit'])
    expect(await it.read(KASE.id)).toMatchObject({ version: 2, state: { attempts: 1 } })
    expect([it.notices(), await isFree(it)]).toEqual([['retried'], true])
    expect(it.journal.map(({ event }) => event)).toEqual(['absorbed', 'published'])
  })

  test('lets the caller choose by what the ledger holds', async () => {
    const it = rig()
    const seen: unknown[] = []
    for (let times = 0; times < 2; times += 1)
      await start(it.deps, KASE, inMs(MINUTE), ({ task, isNew }) => {
        seen.push([task.id, isNew])
        return undefined
      })

    expect(seen).toEqual([
      [KASE.id, true],
      [KASE.id, false],
    ])
    expect([await isFree(it), it.journal]).toEqual([true, []])
  })

  test('throws if it could not be recorded, and unlocks', async () => {
    const it = rig()
    it.ledger.record = throwing('ServiceUnavailable')

    await expect(begin(it, attemptOf().attempt)).rejects.toThrow('slow down')
    expect(await isFree(it)).toBe(true)
  })

  test('throws the record’s own error if the lock failed, too', async () => {
    const it = rig()
    it.ledger = { record: throwing('A'), lock: throwing('B') }

    await expect(begin(it, attemptOf().attempt)).rejects.toMatchObject({ name: 'A' })
  })

  test.each<[string, Partial<Ledger>]>([
    ['the lock fails', { lock: throwing('Throttled') }],
    ['the commit fails', { commit: throwing('Throttled') }],
  ])('loses nothing once it is recorded: %s', async (_, ledger) => {
    const it = rig()
    it.ledger = ledger

    expect(await begin(it, attemptOf().attempt)).toMatchObject({ id: KASE.id })
    expect(it.journal).toEqual([{ event: 'unfinished', taskId: KASE.id, error: 'Throttled' }])
    expect(await it.read(KASE.id)).toMatchObject({ version: 1, dueAt: KASE.dueAt })
    expect(await isFree(it)).toBe(true)
  })

  test('does its work although it cannot unlock', async () => {
    const it = rig()
    it.ledger.unlock = throwing('Throttled')
    await begin(it, attemptOf().attempt)

    expect(await it.read(KASE.id)).toMatchObject({ version: 2 })
    expect(it.notices()).toEqual(['retried'])
    expect(it.journal.map(({ event }) => event)).not.toContain('unfinished')
  })

  test('notes an attempt that throws, and unlocks', async () => {
    const it = rig()
    await begin(it, throwing('TypeError'))

    expect(it.journal).toEqual([{ event: 'unfinished', taskId: KASE.id, error: 'TypeError' }])
    expect([await isFree(it), it.published, it.sent]).toEqual([true, [], []])
  })

  test('commits nothing, publishes nothing and unlocks where another worker has overtaken it', async () => {
    const it = rig()
    await begin(it, async () => undefined)
    expect([await it.read(KASE.id), await isFree(it)]).toEqual([
      expect.objectContaining({ version: 1 }),
      true,
    ])

    const again = rig()
    const { attempt } = attemptOf()
    await begin(again, async (held) => {
      await again.own.commit(held.task, { state: held.task.state, dueAt: inMs(1) })
      return await attempt(held)
    })
    expect(await again.read(KASE.id)).toMatchObject({ version: 2, state: { attempts: 0 } })
    expect([again.published, again.journal, await isFree(again)]).toEqual([[], [], true])
  })
})

describe('a worker’s time', () => {
  test.each<[string, Date, Date | undefined]>([
    ['keeps 3 seconds for the outcome', inMs(10_000), inMs(7_000)],
    ['begins with a millisecond left', inMs(3_001), inMs(1)],
    ['does not begin what it cannot end', inMs(3_000), undefined],
    ['has 20 seconds at most', inMs(MINUTE), inMs(17_000)],
  ])('%s', async (_, deadline, until) => {
    const it = rig()
    const { seen, attempt } = attemptOf()
    await begin(it, attempt, deadline)

    expect(seen.map((held) => held.deadline)).toEqual(until ? [until] : [])
    expect(await isFree(it)).toBe(true)
  })

  test('never outlives its lock', async () => {
    const it = rig()
    it.ledger.lock = async (subject, taskId) => {
      const locked = await it.own.lock(subject, taskId)
      return locked.kind === 'busy' ? locked : { ...locked, lock: { ...locked.lock, until: inMs(8_000) } }
    }
    const { seen, attempt } = attemptOf()
    await begin(it, attempt)

    expect(seen.map((held) => held.deadline)).toEqual([inMs(5_000)])
  })
})

describe('resumeTask()', () => {
  const resume = (it: Rig, attempt: Attempt<CaseState>) => resumeTask(it.deps, REF, inMs(MINUTE), attempt)

  test.each<[string, Partial<Case>, boolean]>([
    ['is due', { dueAt: NOW }, true],
    ['is due in a second, by another clock', { dueAt: inMs(1_000) }, true],
    ['is due a moment later', { dueAt: inMs(1_001) }, false],
    ['waits for a human', { dueAt: undefined } as Partial<Case>, false],
    ['is closed', { closedAt: NOW }, false],
  ])('works on a task that %s: %#', async (_, fields, works) => {
    const it = rig()
    await it.put({ ...KASE, ...fields })
    const { seen, attempt } = attemptOf()
    await resume(it, attempt)

    expect(seen).toHaveLength(works ? 1 : 0)
    expect(it.calls.includes('lock')).toBe(works)
    expect(await isFree(it)).toBe(true)
  })

  test('knows no unknown task', async () => {
    const it = rig()
    const { seen, attempt } = attemptOf()
    await resume(it, attempt)

    expect([seen, it.calls]).toEqual([[], ['read']])
  })

  test('throws while the ledger cannot be read or locked, so that the message comes again', async () => {
    const it = rig()
    await it.put(KASE)
    it.ledger = { lock: throwing('Throttled') }
    await expect(resume(it, attemptOf().attempt)).rejects.toThrow('slow down')

    it.ledger = { read: throwing('Throttled') }
    await expect(resume(it, attemptOf().attempt)).rejects.toThrow('slow down')
  })

  test('notes what kept it from its end', async () => {
    const it = rig()
    await it.put(KASE)
    await resume(it, throwing('TypeError'))

    expect(it.journal).toEqual([{ event: 'unfinished', taskId: KASE.id, error: 'TypeError' }])
  })
})

describe('a person whom another worker has', () => {
  test.each<[string, Case, Partial<Case>, boolean]>([
    ['with another task: comes back', OTHER, {}, true],
    ['with this very task: has it done', KASE, {}, false],
    ['with another task, before its own time: waits', OTHER, { dueAt: inMs(10 * MINUTE) }, false],
    ['with another task, for a human: waits', OTHER, { dueAt: undefined } as Partial<Case>, false],
    ['with another task, once closed: does nothing', OTHER, { closedAt: NOW }, false],
  ])('%s', async (_, locking, fields, comesBack) => {
    for (const again of [false, true]) {
      const it = rig()
      await it.put({ ...KASE, ...fields })
      await it.own.lock(KASE.subject, locking.id)
      const { seen, attempt } = attemptOf()
      if (again) await resumeTask(it.deps, REF, inMs(MINUTE), attempt)
      else await begin(it, attempt)

      expect(it.sent).toEqual(comesBack ? [{ message: MESSAGE, delayMs: 10_000 }] : [])
      expect([seen, await isFree(it)]).toEqual([[], false])
    }
  })

  test('stays locked by that worker where there is nothing to do for this one', async () => {
    const it = rig()
    await it.own.lock(KASE.subject, OTHER.id)
    await start(it.deps, KASE, inMs(MINUTE), () => undefined)

    expect([it.sent, await isFree(it)]).toEqual([[], false])
  })
})

describe('followUp()', () => {
  const committed = async (it: Rig, fields: Omit<TaskChange<CaseState>, 'state'>) => {
    const { task } = await it.own.record(KASE)
    const done = await it.own.commit(task, { state: KASE.state, ...fields })
    if (!done) throw new Error('overtaken')
    return done
  }

  test.each<[string, Omit<TaskChange<CaseState>, 'state'>, number | undefined]>([
    ['in 15 minutes', { dueAt: inMs(15 * MINUTE) }, 15 * MINUTE],
    ['a moment later, which SQS cannot delay', { dueAt: inMs(15 * MINUTE + 1) }, undefined],
    ['at once', { dueAt: NOW }, 0],
    ['since a while', { dueAt: inMs(-HOUR) }, 0],
    ['never, waiting for a human', {}, undefined],
    ['never, being closed', { dueAt: NOW, closed: true }, undefined],
  ])('sends a task that is due %s its own message: %#', async (_, change, delayMs) => {
    const it = rig()
    await followUp(it.deps, await committed(it, change))

    expect(it.sent).toEqual(delayMs === undefined ? [] : [{ message: MESSAGE, delayMs }])
  })

  test('publishes although the message cannot be sent', async () => {
    const it = rig()
    it.queueIsDown = true
    await followUp(it.deps, await committed(it, { dueAt: NOW, drafts: [NOTICE] }))

    expect(it.notices()).toEqual(['retried'])
  })
})

describe('publish()', () => {
  const effects = async (
    it: Rig,
    change: Omit<TaskChange<CaseState>, 'state'>,
  ): Promise<Outbox | undefined> => {
    const { task } = await it.own.record(KASE)
    return (await it.own.commit(task, { state: KASE.state, ...change }))?.outbox
  }
  const waiting = async (it: Rig) => {
    const boxes: Outbox[] = []
    for await (const page of it.own.outboxes(inMs(HOUR))) boxes.push(...page)
    return boxes.flatMap((box) => [...box.effects.keys()])
  }
  const TWO = { drafts: [NOTICE, NOTICE] }

  test('takes out what was published, and says so once', async () => {
    const it = rig()
    const outbox = await effects(it, TWO)
    await publish(it.deps, outbox)

    expect(it.published.map(({ uid }) => uid)).toEqual([`${KASE.id}/1`, `${KASE.id}/2`])
    expect(it.journal).toEqual([{ event: 'published', uids: [`${KASE.id}/1`, `${KASE.id}/2`] }])
    expect(await waiting(it)).toEqual([])
  })

  test('says the same under the same uid when it is done twice', async () => {
    const it = rig()
    const outbox = await effects(it, TWO)
    await publish(it.deps, outbox)
    await publish(it.deps, outbox)

    expect(it.published.slice(2)).toEqual(it.published.slice(0, 2))
  })

  test('keeps what the bus did not take, and nothing else', async () => {
    const it = rig()
    const outbox = await effects(it, TWO)
    const audit = { publish: async () => new Set([`${KASE.id}/2`]) }
    await publish({ ...it.deps, audit }, outbox)
    expect(await waiting(it)).toEqual([`${KASE.id}/1`])

    await publish({ ...it.deps, audit: { publish: async () => new Set<string>() } }, outbox)
    expect(await waiting(it)).toEqual([`${KASE.id}/1`])
    expect(it.journal).toHaveLength(1)
  })

  test('opens the tasks of a commit and queues them, and asks the bus nothing', async () => {
    const it = rig()
    const outbox = await effects(it, { opens: [OTHER] })
    it.calls.length = 0
    await publish(it.deps, outbox)

    expect(it.calls).toEqual(['record', 'send', 'settle'])
    expect(await it.read('c-other')).toMatchObject({ version: 1 })
    expect(it.sent).toEqual([{ message: { kind: 'task', task: 'case', id: 'c-other' }, delayMs: 0 }])
    expect([await waiting(it), it.journal]).toEqual([[], []])
  })

  test('does not keep a task’s own message back: what it opens cannot be recorded', async () => {
    const it = rig()
    const outbox = await effects(it, { opens: [OTHER] })
    it.ledger.record = throwing('Throttled')

    await expect(followUp(it.deps, { task: { ...KASE, dueAt: NOW }, outbox })).rejects.toThrow('slow down')
    expect(it.sent).toEqual([{ message: MESSAGE, delayMs: 0 }])
  })

  test('opens a task once, and although its message cannot be sent', async () => {
    const it = rig()
    it.queueIsDown = true
    const outbox = await effects(it, { opens: [OTHER] })
    await publish(it.deps, outbox)
    await publish(it.deps, outbox)

    expect([(await it.read('c-other')).version, await waiting(it)]).toEqual([1, []])
  })

  test('has an outbox that was emptied bit by bit leave the index', async () => {
    const it = rig()
    const settled: unknown[] = []
    it.ledger.settle = async (box, uids) => void settled.push([box.key, [...uids]])
    await publish(it.deps, { key: 'case#c', mark: 'm', since: NOW, effects: new Map() })

    expect([settled, it.calls]).toEqual([[['case#c', []]], ['settle']])
  })

  test('has nothing to do without an outbox', async () => {
    const it = rig()
    await publish(it.deps, undefined)

    expect(it.calls).toEqual([])
  })
})

describe('changeOpenTask()', () => {
  const change = () => ({ decisions: [decision({ act: 'cancel' })], drafts: [NOTICE] })
  const heldCase = async () => {
    const it = rig()
    const { dueAt: _, ...open } = KASE
    const kase = await it.put({
      ...open,
      state: { ...KASE.state, outcome: { kind: 'held', reason: 'paused' } },
    })
    it.calls.length = 0
    return { it, kase }
  }
  const tell = (it: Rig, made: (task: Case) => ReturnType<typeof change> | undefined = change) =>
    changeOpenTask<CaseState>(it.deps, REF, made)

  test('changes an open task under its lock, makes it due at once, publishes and queues it', async () => {
    const { it, kase } = await heldCase()
    const changed = await tell(it)

    const task = { ...kase, version: 3, decisions: change().decisions, dueAt: NOW, sequence: 1 }
    expect(changed).toEqual({ kind: 'changed', task: { ...task, waiting: expect.any(Number) } })
    expect(await it.read(KASE.id)).toEqual(task)
    expect([it.notices(), it.sent]).toEqual([['retried'], [{ message: MESSAGE, delayMs: 0 }]])
    expect(it.calls.slice(0, 5)).toEqual(['read', 'lock', 'read', 'commit', 'unlock'])
    expect(await isFree(it)).toBe(true)
  })

  test('may change the state as well', async () => {
    const { it, kase } = await heldCase()
    await changeOpenTask<CaseState>(it.deps, REF, ({ state }) => ({ state: { ...state, attempts: 9 } }))

    expect(await it.read(KASE.id)).toMatchObject({ state: { ...kase.state, attempts: 9 }, decisions: [] })
  })

  test('knows no unknown task', async () => {
    expect(await tell(rig())).toEqual({ kind: 'unknown' })
  })

  test('leaves a closed task closed', async () => {
    const it = rig()
    await it.put({ ...KASE, closedAt: NOW })

    expect(await tell(it)).toMatchObject({ kind: 'closed', task: { id: KASE.id } })
    expect(it.calls).toEqual(['read'])
  })

  test('leaves a task as it is to which the change does not apply, and unlocks', async () => {
    const { it, kase } = await heldCase()

    expect(await tell(it, () => undefined)).toEqual({ kind: 'unchanged', task: kase })
    expect([it.sent, await it.read(KASE.id), await isFree(it)]).toEqual([[], kase, true])
  })

  test('changes nothing under a worker’s hands', async () => {
    const { it, kase } = await heldCase()
    await it.own.lock(KASE.subject, KASE.id)

    expect(await tell(it)).toEqual({ kind: 'busy' })
    expect(await it.read(KASE.id)).toEqual(kase)
  })

  test('says how a worker closed the task between the first look and the lock', async () => {
    const { it, kase } = await heldCase()
    it.ledger.lock = async (subject, id) => {
      await it.own.commit(kase, { state: kase.state, closed: true })
      return await it.own.lock(subject, id)
    }

    expect(await tell(it)).toMatchObject({ kind: 'closed', task: { closedAt: NOW } })
    expect(await isFree(it)).toBe(true)
  })

  test('changes what there is under the lock, not what the first look showed', async () => {
    const { it, kase } = await heldCase()
    it.ledger.lock = async (subject, id) => {
      await it.own.commit(kase, { state: { ...kase.state, attempts: 7 } })
      return await it.own.lock(subject, id)
    }

    expect(await tell(it)).toMatchObject({ kind: 'changed', task: { version: 4, state: { attempts: 7 } } })
  })

  test('is busy if somebody wrote the task without the lock, and publishes nothing', async () => {
    const { it } = await heldCase()
    it.ledger.commit = async (task, wanted) => {
      await it.own.commit(task, { state: task.state })
      return await it.own.commit(task, wanted)
    }

    expect(await tell(it)).toEqual({ kind: 'busy' })
    expect([it.sent, it.published, await isFree(it)]).toEqual([[], [], true])
  })

  test('falls back to the first look if the second finds nothing', async () => {
    const { it } = await heldCase()
    let reads = 0
    it.ledger.read = async (kind, id) => (++reads === 1 ? await it.own.read(kind, id) : undefined)

    expect(await tell(it)).toMatchObject({ kind: 'changed' })
  })

  test('unlocks when the change throws', async () => {
    const { it } = await heldCase()
    const broken = () => {
      throw new Error('broken')
    }

    await expect(tell(it, broken)).rejects.toThrow('broken')
    expect(await isFree(it)).toBe(true)
  })

  test('does its work although it cannot unlock, or queue', async () => {
    const { it } = await heldCase()
    it.ledger.unlock = throwing('Throttled')
    it.queueIsDown = true

    expect((await tell(it)).kind).toBe('changed')
    expect(it.notices()).toEqual(['retried'])
  })
})

describe('remember()', () => {
  test('changes a memory and publishes what the change says', async () => {
    const it = rig()

    expect(await remember(it.deps, `org#${ORG}`, () => ({ state: 7, drafts: [NOTICE] }))).toEqual({
      memory: { key: `org#${ORG}`, version: 1, sequence: 1, state: 7, waiting: expect.any(Number) },
      isChanged: true,
    })
    expect(it.notices()).toEqual(['retried'])
  })

  test.each([`org#${ORG}`, 'person#ada@example.com', 'unreadable#1', 'digest'])(
    'keeps what the bus refuses, until it takes it: %s',
    async (key) => {
      const it = rig()
      const audit = { publish: async () => new Set<string>() }
      await remember({ ...it.deps, audit }, key, () => ({ state: 7, drafts: [NOTICE] }))

      const [waiting = []] = await Array.fromAsync(it.own.outboxes(inMs(HOUR)))
      for (const outbox of waiting) await publish(it.deps, outbox)

      expect(it.notices()).toEqual(['retried'])
      expect((await Array.fromAsync(it.own.outboxes(inMs(HOUR)))).flat()).toEqual([])
    },
  )

  test('has published before it answers: whoever waits may end with the function', async () => {
    const it = rig()
    let taken = 0
    const audit = {
      publish: async (events: readonly AuditEvent[]) => {
        await new Promise((resolve) => setImmediate(resolve))
        taken += events.length
        return new Set(events.map(({ uid }) => uid))
      },
    }
    await remember({ ...it.deps, audit }, `org#${ORG}`, () => ({ state: 7, drafts: [NOTICE] }))

    expect(taken).toBe(1)
  })

  test('publishes nothing where nothing changed, and writes over what is known', async () => {
    const it = rig()
    const known = (await remember(it.deps, 'k', () => ({ state: 1 }))).memory
    it.calls.length = 0

    expect(await remember(it.deps, 'k', () => undefined)).toMatchObject({
      isChanged: false,
      memory: { state: 1 },
    })
    const seen: unknown[] = []
    await remember<number>(it.deps, 'k', (state) => (seen.push(state) ? { state: 2 } : undefined), known)
    expect([seen, await it.memory('k'), it.published]).toEqual([[1], 2, []])
  })
})

test('addMs() counts from an instant', () => {
  expect(addMs(later(5), -7)).toEqual(later(-2))
})
