import { describe, expect, test } from 'vitest'
import {
  type SourcesState,
  settingsNotice,
  silences,
  withLastEvent,
  withReceived,
  withSettings,
} from '../../../lib/core/sources.ts'

const NOW = new Date('2026-11-16T12:00:00.000Z')
const HOUR = 3_600_000
const DAY = 24 * HOUR

function at(ms: number): Date {
  return new Date(NOW.getTime() + ms)
}

function heard(...sent: readonly (readonly [source: string, ms: number])[]): SourcesState | undefined {
  return sent.reduce<SourcesState | undefined>(
    (state, [source, ms]) => withLastEvent(state, source, at(ms)),
    undefined,
  )
}

describe('silences()', () => {
  test('counts from when a source last sent something', () => {
    expect(silences(heard(['okta', -5 * HOUR], ['okta', -HOUR], ['sns/hr', -2 * HOUR]), NOW)).toEqual({
      okta: HOUR,
      'sns/hr': 2 * HOUR,
    })
  })

  test('leaves out operators and files, and what was silent for thirty days', () => {
    const byHand = heard(['operator', -HOUR], ['roster/workday', -HOUR], ['operators', -HOUR])
    const late = heard(['okta', -30 * DAY], ['auth0', 1 - 30 * DAY])

    expect(silences(byHand, NOW)).toEqual({ operators: HOUR })
    expect(silences(late, NOW)).toEqual({ auth0: 30 * DAY - 1 })
  })

  test('is never negative, and empty before anything was received', () => {
    expect(silences(heard(['okta', HOUR]), NOW)).toEqual({ okta: 0 })
    expect(silences(undefined, NOW)).toEqual({})
  })
})

describe('withLastEvent()', () => {
  test('keeps the last event that was ignored and can mean a leaving', () => {
    const ignored = withLastEvent(undefined, 'okta', at(-HOUR), 'ON_SUSPEND is `ignore`')
    const state = withLastEvent(ignored, 'okta', NOW)

    expect(state.sources.okta).toEqual({
      at: NOW,
      since: at(-HOUR),
      ignored: { at: at(-HOUR), why: 'ON_SUSPEND is `ignore`' },
    })
  })

  test('keeps since when a source has been sending, and no source that was taken out of service', () => {
    const sent = [-5 * HOUR, -3 * HOUR, 0].map((ms) => ['okta', ms] as const)

    expect(heard(['sns/old', -31 * DAY], ...sent)?.sources).toEqual({
      okta: { at: NOW, since: at(-5 * HOUR) },
    })
  })

  test.each(['first', 'last'])('drops the source that has sent for the shortest time, listed %s', (place) => {
    const sources = Array.from({ length: 101 }, (_, n) => [`s-${n}`, { at: NOW, since: at(-n) }] as const)
    const listed = place === 'first' ? sources : sources.toReversed()
    const kept = withLastEvent({ sources: Object.fromEntries(listed) }, 's-50', NOW).sources

    expect(Object.keys(kept)).toHaveLength(100)
    expect(kept).not.toHaveProperty('s-0')
  })

  const invented = Array.from({ length: 500 }, (_, n) => [`sns/invented-${n}`, -HOUR + n] as const)

  test('keeps a hundred sources, and lets no invented name push out one that has sent for long', () => {
    const state = heard(['okta', -9 * DAY], ['okta', -8 * DAY], ...invented)

    expect(Object.keys(state?.sources ?? {})).toHaveLength(100)
    expect(silences(state, NOW)).toMatchObject({ okta: 8 * DAY })
  })

  test('finds a place for a new source among invented names', () => {
    expect(silences(heard(...invented, ['hook/hr', -1]), NOW)).toMatchObject({ 'hook/hr': 1 })
  })
})

test('withSettings() remembers each change of mode or limits once, the last 50, and survives the next event', () => {
  const settings = {
    mode: 'observe',
    maxRemovalsPerDay: 10,
    maxRemovalsPercent: 5,
    protectedUsernames: ['root@example.com'],
    fourEyes: false,
    version: '0.2.0',
  } as const
  let state = withSettings({ sources: {} }, settings, new Date(0))
  state = withSettings(withLastEvent(state, 'okta', new Date(1)), settings, new Date(1))
  state = withSettings(state, { ...settings, mode: 'enforce' }, new Date(2))
  expect(state.settings).toEqual([
    { ...settings, protectedUsernames: 1, at: new Date(0) },
    { ...settings, mode: 'enforce', protectedUsernames: 1, at: new Date(2) },
  ])

  for (let n = 0; n < 60; n += 1)
    state = withSettings(state, { ...settings, maxRemovalsPerDay: n }, new Date(n))
  expect(state.settings).toHaveLength(50)
})

test('settingsNotice() publishes a change of what decides who is removed, and not that the software is newer', () => {
  const settings = {
    ...({ mode: 'observe', maxRemovalsPerDay: 10, maxRemovalsPercent: 5, protectedUsernames: [] } as const),
    ...{ fourEyes: true, version: '0.2.0' },
  }
  const first = withSettings({ sources: {} }, settings, new Date(0))
  const noticesAfter = (changed: object) =>
    settingsNotice(first, withSettings(first, { ...settings, ...changed }, new Date(1)))

  expect([settingsNotice(undefined, first), noticesAfter({}), noticesAfter({ version: '0.3.0' })]).toEqual([
    [],
    [],
    [],
  ])
  expect([settingsNotice({ sources: {} }, first), settingsNotice(first, { sources: {} })]).toEqual([[], []])
  const second = withSettings(first, { ...settings, fourEyes: false }, new Date(1))
  const third = withSettings(second, { ...settings, fourEyes: false, maxRemovalsPerDay: 99 }, new Date(2))
  expect(settingsNotice(second, third)[0]?.detail.unmapped).toMatchObject({
    ...{ before: { maxRemovalsPerDay: 10 }, now: { maxRemovalsPerDay: 99 }, version: '0.2.0' },
  })
  for (const changed of [
    { mode: 'enforce' },
    { maxRemovalsPerDay: 99 },
    { protectedUsernames: ['a'] },
    { fourEyes: false },
  ])
    expect(noticesAfter(changed)).toMatchObject([{ at: new Date(1), detail: { status: 'settings_changed' } }])
})

test('withReceived() adds up each day, and keeps a hundred days', () => {
  const dayOf = (n: number) => new Date(n * DAY).toISOString().slice(0, 10)
  const once = (n: number) => new Map([[dayOf(n), { people: 2, ignored: 1 }]])
  let state: SourcesState = { sources: {} }
  for (let n = 0; n < 120; n += 1) state = withReceived(withReceived(state, once(n)), once(n))

  expect(Object.keys(state.received ?? {})).toEqual(Array.from({ length: 100 }, (_, n) => dayOf(n + 20)))
  expect(state.received?.[dayOf(119)]).toEqual({ people: 4, ignored: 2 })
  // A worker may say late what it counted long ago.
  expect(withReceived(state, once(0))).toEqual(state)
})

test('withSettings() remembers which names were protected and are no longer, until they are again', () => {
  const under = (names: readonly string[], state: SourcesState, ms: number) =>
    withSettings(
      state,
      {
        ...({
          mode: 'enforce',
          maxRemovalsPerDay: 10,
          maxRemovalsPercent: 5,
          protectedUsernames: names,
        } as const),
        ...{ fourEyes: true, version: '0.2.0' },
      },
      new Date(ms),
    )
  const both = under(['root@example.com', 'glass@example.com'], { sources: {} }, 1)
  const swapped = under(['root@example.com', 'new@example.com'], both, 2)
  const again = under(['root@example.com', 'new@example.com', 'glass@example.com'], swapped, 3)

  expect(both.unprotected).toEqual([])
  expect(swapped.unprotected).toEqual([{ name: 'glass@example.com', since: new Date(2) }])
  expect(swapped.settings).toHaveLength(1)
  expect(under(['root@example.com', 'new@example.com'], swapped, 9)).toBe(swapped)
  expect(again.unprotected).toEqual([])

  const names = Array.from({ length: 60 }, (_, n) => `p${n}@example.com`)
  const gone = under([], under(names, { sources: {} }, 1), 2).unprotected ?? []
  expect(gone.map(({ name }) => name)).toEqual(names.slice(-50))
})
