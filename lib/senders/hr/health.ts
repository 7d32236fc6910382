/** Whether look-ups in an HR system work. */
export type HrHealth = {
  /** Why look-ups fail, and since when. Absent if the last one worked. */
  readonly code?: string
  readonly failingSince?: Date
  /** The last day of an alert, and the codes alerted on it. A success in between does not clear them. */
  readonly alertedDay?: string
  readonly alertedCodes?: readonly string[]
}

/** The key under which the ledger keeps this. */
export function healthKey(source: string): string {
  return `hr#${source}`
}
