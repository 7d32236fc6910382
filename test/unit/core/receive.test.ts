import { describe, expect, test } from 'vitest'
import { type Delivery, type Reading, receive } from '../../../lib/core/receive.ts'
import { SOURCES, type SourcesState } from '../../../lib/core/sources.ts'
import { departure, later } from '../../support/cases.ts'
import { coreParts } from '../../support/core-parts.ts'

const DEADLINE = later(120_000)

function delivery(reading: Reading, id = 'm'): Delivery {
  return { id, body: `body of ${id}`, channel: 'events', reading }
}

function people(fields: Partial<Extract<Reading, { kind: 'people' }>> = {}): Reading {
  return { kind: 'people', source: 'okta', departures: [], returns: [], ...fields }
}

async function heardOf(deps: ReturnType<typeof coreParts>['deps']) {
  const [memory] = await deps.ledger.memories([SOURCES])
  return Object.keys((memory?.state as SourcesState | undefined)?.sources ?? {})
}

describe('receive()', () => {
  test('notes what is not about leaving, and remembers its source, once a minute', async () => {
    const { deps, seen, table } = coreParts()
    const ignored = delivery({ kind: 'ignored', source: 'okta', why: 'user.created' })

    expect(await receive(deps, [ignored], DEADLINE)).toEqual([])
    expect(await receive(deps, [ignored], DEADLINE)).toEqual([])

    expect(seen.journal[0]).toEqual({ event: 'ignored', source: 'okta', why: 'user.created' })
    expect(await heardOf(deps)).toEqual(['okta'])
    expect(table.items().find(({ pk }) => pk === SOURCES)?.version).toBe(1)
  })

  test('loses nothing but a sign of life where that cannot be written', async () => {
    const { deps } = coreParts()
    const ledger = { ...deps.ledger, change: () => Promise.reject(new Error('throttled')) }

    expect(await receive({ ...deps, ledger }, [delivery(people())], DEADLINE)).toEqual([])
  })

  test('lays aside the unreadable part of an event, and publishes it once however often it comes', async () => {
    const { deps, seen } = coreParts()
    const odd = delivery(people({ unreadable: 'no username' }))

    await receive(deps, [odd], DEADLINE)
    await receive(deps, [odd], DEADLINE)

    expect(seen.published.map(({ detail }) => detail.message)).toEqual(['Unreadable message: no username'])
    expect(seen.rejected).toEqual(['body of m', 'body of m'])
  })

  test('remembers no source of what it cannot read', async () => {
    const { deps } = coreParts()

    await receive(deps, [delivery({ kind: 'unreadable', reason: 'no JSON' })], DEADLINE)

    expect(await heardOf(deps)).toEqual([])
  })

  test('gives a task of another kind to its feature, after every case, and ignores one that nobody owns', async () => {
    const order: string[] = []
    const { deps } = coreParts({
      attempts: { search: async (id) => void order.push(id) },
    })
    const ledger = {
      ...deps.ledger,
      async read(_kind: string, id: string) {
        order.push(id)
        return undefined
      },
    }
    const tasks = [
      delivery({ kind: 'task', task: 'search', id: 's-1' }, 'm-1'),
      delivery({ kind: 'task', task: 'proposal', id: 'p-1' }, 'm-2'),
      delivery({ kind: 'task', task: 'case', id: 'c-1' }, 'm-3'),
    ]

    expect(await receive({ ...deps, ledger }, tasks, DEADLINE)).toEqual([])
    expect(order).toEqual(['c-1', 's-1'])
  })

  test('delivers again only the message whose case could not be recorded', async () => {
    const { deps, seen } = coreParts()
    const ledger = {
      ...deps.ledger,
      ofPerson: async (username: string) => {
        if (username === 'ada@example.com') throw new Error('throttled')
        return []
      },
    }
    const messages = [
      delivery(people({ departures: [departure()] }), 'm-1'),
      delivery({ kind: 'ignored', source: 'okta', why: 'user.created' }, 'm-2'),
    ]

    expect(await receive({ ...deps, ledger }, messages, DEADLINE)).toEqual(['m-1'])
    expect(seen.journal).toContainEqual({ event: 'undelivered', messageId: 'm-1', error: 'Error' })
  })
})
