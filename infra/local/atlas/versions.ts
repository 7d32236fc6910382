import { type Refusal, refusal } from './refusal.ts'

/** One version of a resource. `deprecated` and `sunset` are the header values, day without leading zero as recorded. */
export type ResourceVersion = {
  readonly date: string
  readonly deprecated?: string
  readonly sunset?: string
}

export type ServedVersion = { readonly kind: 'version'; readonly version: ResourceVersion }

const SUNSET_2023 = 'Thu, 1 Jul 2027 00:00:00 GMT'

export const STABLE: readonly ResourceVersion[] = [{ date: '2023-01-01' }]
export const USERS: readonly ResourceVersion[] = [
  { date: '2023-01-01', deprecated: 'Wed, 19 Feb 2025 00:00:00 GMT', sunset: SUNSET_2023 },
  { date: '2025-02-19' },
]
export const ONE_USER: readonly ResourceVersion[] = [{ date: '2025-02-19' }]
export const LEGACY_ORG_INVITES: readonly ResourceVersion[] = [
  { date: '2023-01-01', deprecated: 'Wed, 19 Feb 2025 00:00:00 GMT', sunset: SUNSET_2023 },
]
export const LEGACY_INVITES: readonly ResourceVersion[] = [
  { date: '2023-01-01', deprecated: 'Wed, 4 Oct 2023 00:00:00 GMT', sunset: SUNSET_2023 },
]

/**
 * Picks the version that an `Accept` header asks for.
 *
 * A date after the newest version means the newest. A date between two versions is refused as not emulated:
 * nobody has recorded what Atlas does with it.
 *
 * Atlas has moved the sunset dates of its headers twice, so no version ends by the calendar.
 *
 * @param versions - oldest first
 * @param isPastSunset - whether what has a sunset has ended
 */
export function resolveVersion(
  accept: string | undefined,
  versions: readonly ResourceVersion[],
  now: Date,
  isPastSunset = false,
): ServedVersion | Refusal {
  const asked = accept?.match(/application\/vnd\.atlas\.(\d{4}-\d{2}-\d{2})\+json/)?.[1]
  if (asked === undefined || !isPastDate(asked, now)) return refusal('INVALID_VERSION_DATE')

  const version = versions.findLast(({ date }) => date <= asked)
  if (version === undefined) return refusal('INVALID_VERSION_DATE')
  if (version !== versions.at(-1) && version.date !== asked) {
    return refusal('NOT_EMULATED', `version ${asked}, which lies between two versions of this resource`)
  }
  return isPastSunset && version.sunset !== undefined ? refusal('VERSION_GONE') : { kind: 'version', version }
}

/** A date that does not exist, or has not come yet, was never published. */
function isPastDate(date: string, now: Date) {
  const at = new Date(`${date}T00:00:00Z`)
  return !Number.isNaN(at.getTime()) && at.toISOString().startsWith(date) && at <= now
}
