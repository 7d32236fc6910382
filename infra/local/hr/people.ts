/** A person in an HR system, in words that belong to no vendor. */
export type HrPerson = {
  readonly id: string
  readonly workEmail: string | null
  readonly privateEmail?: string
  readonly state: 'active' | 'leave' | 'garden_leave' | 'left'
  /** `2026-11-30` */
  readonly leavesOn?: string
  /** A second employment of the same person. */
  readonly hasOtherEmployment?: boolean
}

/** A request to an HR system, and its answer. */
export type HrCall = {
  readonly method: string
  /** Path and query. */
  readonly path: string
  readonly headers?: Readonly<Record<string, string | undefined>>
  readonly body?: string | undefined
}
export type HrReply = {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: unknown
}

/** The people of one HR system, by id. A story or test changes them as HR would. */
export type HrPeople = Map<string, HrPerson>

export function hrReply(status: number, body?: unknown): HrReply {
  return { status, headers: { 'content-type': 'application/json' }, body }
}
