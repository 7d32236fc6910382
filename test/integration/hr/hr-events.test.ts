import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { HR_SYSTEMS } from '../../../lib/senders/hr/systems.ts'
import { type Example, instantOf, play } from './examples.ts'

/** Events as HR systems send them, beside the project; nothing of them is copied into it. */
const FILE = join(import.meta.dirname, '../../../../shared/hr-events.json')

const EXAMPLES: readonly Example[] = existsSync(FILE) ? JSON.parse(readFileSync(FILE, 'utf8')).events : []
const played = EXAMPLES.filter(({ system }) => HR_SYSTEMS.has(system) || system === 'entra')

describe.skipIf(EXAMPLES.length === 0)('examples beside the project, through the door and the queue', () => {
  test.each(played)('$id ends as it says: $meaning', async (example) => {
    const { status, cases, back } = await play(example)
    const { username, effectiveAt } = example.expect

    expect(status).toBe(204)
    switch (example.meaning) {
      case 'departed':
        expect(cases.map(({ state }) => [state.departure.username, state.outcome?.kind])).toEqual([
          [username, 'removed'],
        ])
        break
      case 'scheduled':
        expect(cases.map(({ state }) => [state.departure.username, state.outcome])).toEqual([
          [username, { kind: 'scheduled', nextAttemptAt: instantOf(example.system, effectiveAt ?? '') }],
        ])
        break
      case 'returned':
        expect(cases).toEqual([])
        expect(Object.keys(back?.returns ?? {})).toEqual([`hr/${example.system}`])
        break
      case 'not_leaving':
        expect([cases, back]).toEqual([[], undefined])
        break
      case 'needs_lookup':
        expect(cases.map(({ state }) => state.outcome)).toEqual([
          { kind: 'held', reason: 'unresolved_employee' },
        ])
        if (username !== null) expect(cases[0]?.state.departure.username).toBe(username)
        break
    }
    if (effectiveAt !== null && HR_SYSTEMS.has(example.system))
      expect(cases[0]?.state.departure.effectiveAt).toEqual(instantOf(example.system, effectiveAt))
  })

  test('are there for every system that we know', () => {
    expect(new Set(played.map(({ system }) => system))).toEqual(new Set([...HR_SYSTEMS.keys(), 'entra']))
  })
})
