import { isDeepStrictEqual } from 'node:util'
import { type Draft, noticeDraft } from '../words/audit-event.ts'
import type { WindowLimits } from './window.ts'

/** What is remembered of all sources. Silence raises an alarm; an event that is not about leaving ends it too. */
export type SourcesState = {
  readonly sources: Readonly<Record<string, SourceSeen>>
  /** The settings under which messages were received, the oldest first. */
  readonly settings?: readonly SettingsSeen[]
  /** UTC day → messages received. */
  readonly received?: Readonly<Record<string, Received>>
  readonly protectedNames?: readonly string[]
  /** Names that are no longer protected, the most recently dropped last. */
  readonly unprotected?: readonly Unprotected[]
}

/** How many messages were about people, and how many were not about leaving. A message that is delivered again counts again. */
export type Received = { readonly people: number; readonly ignored: number }

/** A name that was protected until a deployment left it out. */
export type Unprotected = { readonly name: string; readonly since: Date }

/** Settings that decide who is removed, and when a message was first received under them. */
export type SettingsSeen = WindowLimits & {
  readonly mode: 'observe' | 'enforce'
  /** How many names are protected. */
  readonly protectedUsernames: number
  /** Acts that could remove many people need a second person. */
  readonly fourEyes: boolean
  readonly version: string
  readonly at: Date
}

/** What is remembered of one source. */
type SourceSeen = {
  /** When it last sent something. */
  readonly at: Date
  /** When it first sent something. */
  readonly since: Date
  /** Its last ignored event that can mean a leaving. */
  readonly ignored?: { readonly at: Date; readonly why: string }
}

/** The key under which the ledger keeps this. */
export const SOURCES = 'sources'

/** Keeps the ledger's item small. */
const MOST_SOURCES = 100
/** A source that has been silent for this long was taken out of service. Its silence no longer raises an alarm. */
const RETIRED_AFTER_MS = 30 * 24 * 3_600_000
/** Sources whose silence means nothing: operators, and rosters, which send only when somebody left. A missing file has its own alarm. */
const UNWATCHED = /^(operator$|roster\/)/

/**
 * Remembers that a source sent something. Keeps at most a hundred sources: those that have been sending the longest, so that invented
 * names cannot push out the ones that are watched.
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
  const seen: SourceSeen = { at: now, since: known?.since ?? now, ...(ignored && { ignored }) }
  const all = { ...sources, [source]: seen }
  const kept = Object.entries(all)
    .filter(([name, { at }]) => name === source || !isRetired(at, now))
    .toSorted(
      ([, one], [, other]) => activeMs(other) - activeMs(one) || other.at.getTime() - one.at.getTime(),
    )
  return { ...state, sources: Object.fromEntries(kept.slice(0, MOST_SOURCES)) }
}

const MOST_SETTINGS = 50

/** Remembers the settings if they are not those of the message before. */
export function withSettings(
  state: SourcesState,
  { protectedUsernames, ...others }: Settings,
  at: Date,
): SourcesState {
  const { mode, maxRemovalsPerDay, maxRemovalsPercent, fourEyes, version } = others
  const limits = { mode, maxRemovalsPerDay, maxRemovalsPercent, fourEyes, version }
  const now = { ...limits, protectedUsernames: protectedUsernames.length }
  const seen = state.settings ?? []
  const { at: _, ...last } = seen.at(-1) ?? { at: undefined }
  const isSame = isDeepStrictEqual(last, now)
  if (isSame && isDeepStrictEqual(state.protectedNames, protectedUsernames)) return state
  const settings = isSame ? seen : [...seen, { ...now, at }].slice(-MOST_SETTINGS)
  const unprotected = unprotectedIn(state, protectedUsernames, at).slice(-MOST_SETTINGS)
  return { ...state, settings, protectedNames: protectedUsernames, unprotected }
}

/** Lists the names that were once protected and are not now. */
export function unprotectedIn(
  { protectedNames = [], unprotected = [] }: SourcesState,
  names: readonly string[],
  now: Date,
): readonly Unprotected[] {
  const gone = protectedNames.map((name) => ({ name, since: now }))
  return [...unprotected, ...gone].filter(({ name }) => !names.includes(name))
}

/** The settings in force, with the protected names themselves. */
export type Settings = WindowLimits &
  Pick<SettingsSeen, 'mode' | 'fourEyes' | 'version'> & { readonly protectedUsernames: readonly string[] }

/** Makes the notice that settings which decide who is removed differ from those at the message before. A new version alone makes none. */
export function settingsNotice(before: SourcesState | undefined, after: SourcesState): readonly Draft[] {
  const [was, is] = [before?.settings?.at(-1), after.settings?.at(-1)]
  if (!was || !is || was === is) return []
  const { at: _, version: __, ...old } = was
  const { at, version, ...now } = is
  if (isDeepStrictEqual(old, now)) return []
  return [noticeDraft({ name: 'settings_changed', at, unmapped: { before: old, now, version } })]
}

const MOST_DAYS = 100

/** Adds the messages that a worker has counted since it last wrote them down. */
export function withReceived(state: SourcesState, counted: ReadonlyMap<string, Received>): SourcesState {
  const received = { ...state.received }
  for (const [day, { people, ignored }] of counted) {
    const known = received[day] ?? { people: 0, ignored: 0 }
    received[day] = { people: known.people + people, ignored: known.ignored + ignored }
  }
  const kept = Object.entries(received)
    .toSorted(([one], [other]) => one.localeCompare(other))
    .slice(-MOST_DAYS)
  return { ...state, received: Object.fromEntries(kept) }
}

/** How long each source has been silent, in ms. */
export function silences(state: SourcesState | undefined, now: Date): Readonly<Record<string, number>> {
  const watched = Object.entries(state?.sources ?? {}).filter(
    ([source, { at }]) => !UNWATCHED.test(source) && !isRetired(at, now),
  )
  return Object.fromEntries(
    watched.map(([source, { at }]) => [source, Math.max(0, now.getTime() - at.getTime())]),
  )
}

/** For how long a source has been sending. */
function activeMs({ at, since }: SourceSeen): number {
  return at.getTime() - since.getTime()
}

function isRetired(at: Date, now: Date): boolean {
  return now.getTime() - at.getTime() >= RETIRED_AFTER_MS
}
