import { hasKeyTwice } from '../../words/body.ts'
import { digestOf, type Entry, placeOf } from '../../words/digest.ts'
import { MANIFESTS, type Manifest } from '../../words/manifest.ts'

/** An event as the archive has it. */
export type Archived = Entry & {
  /** File and line. */
  readonly where: string
  /** What an outcome says, to be compared with the case. */
  readonly verdict?: string
  readonly manifest?: Manifest
}

/** A record of the archive that is no event of ours, or not as EventBridge writes one. */
export type Unfit = { readonly where: string; readonly problem: string; readonly uid?: string }

/** Whose events the archive must have. */
export type Self = { readonly account: string; readonly region: string }

type Json = Readonly<Record<string, unknown>>

/**
 * Reads one record of the archive: the event, if it says which, and whatever is wrong with it.
 *
 * @param text - the record's JSON
 */
export function archivedIn(text: string, where: string, self: Self): readonly (Archived | Unfit)[] {
  const envelope = objectOf(parsed(text))
  if (!envelope) return [{ where, problem: 'not an object in JSON' }]
  const detail = objectOf(envelope.detail) ?? {}
  const { uid } = objectOf(detail.metadata) ?? {}
  if (typeof uid !== 'string' || !/^[\x21-\x7e]{1,200}$/.test(uid) || !placeOf(uid))
    return [{ where, problem: 'no `metadata.uid` of ours' }]
  const { time, unmapped } = detail
  if (typeof time !== 'number' || !Number.isSafeInteger(time) || Math.abs(time) > LATEST_MS)
    return [{ where, uid, problem: 'no `time`' }]
  const problem =
    problemOf(envelope, time, self) ?? (hasKeyTwice(text, envelope) ? 'a key stands twice' : undefined)
  const said = objectOf(unmapped) ?? {}
  const { day, events, unreadable, root } = said
  const outcome = objectOf(said.outcome)
  const event: Archived = {
    ...{ uid, where, at: new Date(time) },
    digest: digestOf({ detailType: String(envelope['detail-type']), detail }),
    ...(outcome && { verdict: verdictOf(outcome) }),
    ...(uid.startsWith(`${MANIFESTS}/`) && {
      manifest: {
        day: String(day),
        events: Number(events),
        unreadable: Number(unreadable),
        root: String(root),
      },
    }),
  }
  return problem === undefined ? [event] : [event, { where, uid, problem }]
}

/** The part of an outcome on which a case and its last event must agree. */
export function verdictOf(outcome: object): string {
  const { kind, reason = '', code = '', revokedAt = '' } = JSON.parse(JSON.stringify(outcome)) as Json
  return [kind, reason, code, revokedAt].join(' ')
}

const LATEST_MS = 8_640_000_000_000_000
/** EventBridge keeps whole seconds. How it rounds is not documented. */
const SECOND_MS = 1_000
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/
const KEYS = 'version id detail-type source account time region resources detail replay-name'.split(' ')

/** Checks the envelope, which is not in the digest because EventBridge writes it. */
function problemOf(envelope: Json, time: number, { account, region }: Self): string | undefined {
  const { version, id, source, time: written, resources } = envelope
  const offMs = Date.parse(String(written)) - Math.floor(time / SECOND_MS) * SECOND_MS
  const unknown = Object.keys(envelope).find((key) => !KEYS.includes(key))
  const wrong = [
    ['version', version === '0'],
    ['id', UUID.test(String(id))],
    ['source', source === 'atlas.offboarding'],
    ['account', envelope.account === account],
    ['region', envelope.region === region],
    ['time', offMs === 0 || offMs === SECOND_MS],
    ['resources', Array.isArray(resources) && resources.length === 0],
    [unknown ?? '', unknown === undefined],
  ] as const
  const [name] = wrong.find(([, isRight]) => !isRight) ?? []
  return name === undefined ? undefined : `\`${name}\` of the envelope is not as EventBridge writes it`
}

function objectOf(value: unknown): Json | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : undefined
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
