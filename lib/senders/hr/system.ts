import type { DayBoundary } from '../../words/day-boundary.ts'
import type { ReferenceSays } from '../../words/reference.ts'
import type { Ask, HrFailure } from './ask.ts'

/** One HR system: how its webhooks are verified and read, and how it is asked. A new one is a folder and a line in `systems.ts`. */
export type HrSystem = {
  /** Origins that may be asked. */
  readonly origins: readonly string[]
  /** What its credential consists of. */
  readonly credential: readonly string[]
  /** Whether it can say that somebody is on garden leave. */
  readonly hasGardenLeave: boolean
  /** When a date of this system takes effect, where its documentation says so. */
  readonly documented: Partial<DayBoundary>
  /** Tells whether the sender of a webhook knows the key. */
  readonly isSignedBy: (hook: Hook, key: Buffer, now: Date) => boolean
  /** Recognizes the system's test of a new webhook's URL. It is answered, and nothing else happens. */
  readonly isPing?: (body: Buffer) => boolean
  /** Reads a body that is not JSON; `undefined` if it may be JSON. */
  readonly parse?: (hook: Hook) => { readonly kind: 'json'; readonly value: unknown } | undefined
  /** Reads a verified body. A text says what is wrong with the body or with one of its events, and never shows a value. */
  readonly read: (body: unknown) => readonly (HrEvent | string)[]
  /** Asks about one employee. */
  readonly lookUp: (ask: Ask, employeeId: string) => Promise<Employee | HrFailure>
  /** Asks whether another open record has this work address: the person was hired again, or somebody else has the address now. */
  readonly otherRecord: (ask: Ask, address: string, employeeId: string) => Promise<OtherRecord | HrFailure>
  /** After an event that only says "changed", asks a second time: it may arrive before HR shows the leaving date. */
  readonly asksTwice?: true
  /** Lists employees who may have left since a day (`2026-11-22`), or about whom something happened. */
  readonly leavers: (ask: Ask, since: string) => Promise<Leavers | HrFailure>
}

/** A webhook as it was sent. */
export type Hook = {
  readonly headers: Readonly<Record<string, string | undefined>>
  readonly body: Buffer
}

/** What an event says, and about which employee. */
export type HrEvent = {
  /** Absent: the digest of the body names the event. */
  readonly id?: string
  readonly employeeId: string
  readonly event: string
  readonly says: ReferenceSays
  readonly username?: string
}

/** `employed` includes every kind of leave. */
export type EmploymentState = 'employed' | 'garden_leave' | 'left'

/** What an HR system says of a person now, in one form for all systems. */
export type Employee =
  | {
      readonly kind: 'employee'
      /** Their work address. A private one is never read. */
      readonly workEmail: string | undefined
      readonly state: EmploymentState
      /** The leaving date (`2026-11-30`). */
      readonly leavesOn?: string | undefined
      /** HR left the date out, which does not mean that there is none. */
      readonly isDateOmitted?: boolean
      /** Inactive, and nothing says why: a human decides whether they left. */
      readonly mayBeOnLeave?: boolean
      /** Nobody can tell whether somebody else has the work address. */
      readonly isAddressUnsure?: boolean
      /** The work address that HR showed before, if nobody else has it now. */
      readonly formerEmail?: string | undefined
      /** Another employment is open, so they stay. */
      readonly hasOtherEmployment?: boolean
      /** The status in HR's own words, for humans. */
      readonly status: string
    }
  /** There is no such employee, or none that we may see. `person`: HR shows the person, but no employment of theirs. */
  | { readonly kind: 'gone'; readonly person?: { readonly workEmail: string | undefined } }

/** `undefined`: nobody can tell. */
export type OtherRecord = { readonly isOpen: boolean | undefined }

/** A leaver that the daily check finds. The id is the same every day. */
export type Leaver = HrEvent & {
  readonly id: string
  /** Both are absent where the system lists events and not people. */
  readonly leavesOn?: string
  readonly state?: EmploymentState
}

/** Leavers, and a failure if HR left something out: then others may have left, too. */
export type Leavers = { readonly found: readonly Leaver[]; readonly failure?: HrFailure }
