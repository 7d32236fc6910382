import { isDeepStrictEqual } from 'node:util'
import type { WindowLimits } from './window.ts'

/** When each source last sent something, even if it was not about leaving: silence raises an alarm. */
export type SourcesState = {
  readonly sources: Readonly<Record<string, Sender>>
  /** The settings under which messages were received, the oldest first. */
  readonly settings?: readonly SettingsSeen[]
  readonly protectedNames?: readonly string[]
  /** Names that were protected and are no longer, the last ones to go at the end. */
  readonly unprotected?: readonly Unprotected[]
}

/** A name that was protected until a deployment left it out. */
export type Unprotected = { readonly name: string; readonly since: Date }

/** Settings that decide who is removed, and when a message was first received under them. */
export type SettingsSeen = WindowLimits & {
  readonly mode: 'observe' | 'enforce'
  /** How many names are protected. */
  readonly protectedUsernames: number
  readonly at: Date
}

/** When a source last sent something, when it first did, and the last thing ignored that can mean a leaving. */
type Sender = {
  readonly at: Date
  readonly since?: Date
  readonly ignored?: { readonly at: Date; readonly why: string }
}

/** The memory of all sources. */
export const SOURCES = 'sources'

/** More must not outgrow the item. */
const MOST_SOURCES = 100
/** A source that has been silent for this long was taken out of service. Its silence no longer raises an alarm. */
const RETIRED_AFTER_MS = 30 * 24 * 3_600_000
/** Operators act when they have to, and rosters when somebody leaves. Their silence says nothing; files have an alarm of their own. */
const NO_FEED = /^(operator$|roster\/)/

/**
 * Remembers that a source sent something. Of more than a hundred sources those are kept that have been sending for longest, so that
 * invented names cannot push out the ones that are watched.
 *
 * @param why - why the event was ignored, if it can mean a leaving
 */
export function withLastEvent(
  state: SourcesState | undefined,
  source: string,
  now: Date,
  why?: string,
): SourcesState {
  const sources = state?.sources ?? {}
  const known = sources[source]
  const ignored = why === undefined ? known?.ignored : { at: now, why }
  const sender: Sender = { at: now, since: known?.since ?? known?.at ?? now, ...(ignored && { ignored }) }
  const all = { ...sources, [source]: sender }
  const kept = Object.entries(all)
    .filter(([name, { at }]) => name === source || !isRetired(at, now))
    .toSorted(([, one], [, other]) => lifeMs(other) - lifeMs(one) || other.at.getTime() - one.at.getTime())
  return { ...state, sources: Object.fromEntries(kept.slice(0, MOST_SOURCES)) }
}

const MOST_SETTINGS = 50

/** Remembers the settings if they are not those of the message before. */
export function withSettings(
  state: SourcesState,
  { mode, maxRemovalsPerDay, maxRemovalsPercent, protectedUsernames }: Settings,
  at: Date,
): SourcesState {
  const now = { mode, maxRemovalsPerDay, maxRemovalsPercent, protectedUsernames: protectedUsernames.length }
  const seen = state.settings ?? []
  const { at: _, ...last } = seen.at(-1) ?? { at: undefined }
  const isSame = isDeepStrictEqual(last, now)
  if (isSame && isDeepStrictEqual(state.protectedNames, protectedUsernames)) return state
  const settings = isSame ? seen : [...seen, { ...now, at }].slice(-MOST_SETTINGS)
  const unprotected = unprotectedIn(state, protectedUsernames, at).slice(-MOST_SETTINGS)
  return { ...state, settings, protectedNames: protectedUsernames, unprotected }
}

/** Finds the names that were protected once and are not now. */
export function unprotectedIn(
  { protectedNames = [], unprotected = [] }: SourcesState,
  names: readonly string[],
  now: Date,
): readonly Unprotected[] {
  const gone = protectedNames.map((name) => ({ name, since: now }))
  return [...unprotected, ...gone].filter(({ name }) => !names.includes(name))
}

type Settings = WindowLimits & Pick<SettingsSeen, 'mode'> & { readonly protectedUsernames: readonly string[] }

/** How long each source has been silent, in ms. */
export function silences(state: SourcesState | undefined, now: Date): Readonly<Record<string, number>> {
  const watched = Object.entries(state?.sources ?? {}).filter(
    ([source, { at }]) => !NO_FEED.test(source) && !isRetired(at, now),
  )
  return Object.fromEntries(
    watched.map(([source, { at }]) => [source, Math.max(0, now.getTime() - at.getTime())]),
  )
}

function lifeMs({ at, since = at }: Sender): number {
  return at.getTime() - since.getTime()
}

function isRetired(at: Date, now: Date): boolean {
  return now.getTime() - at.getTime() >= RETIRED_AFTER_MS
}
