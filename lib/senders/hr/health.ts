/** What is remembered of how an HR system answers. */
export type HrHealth = {
  /** Why the last look-up failed, and since when look-ups fail. Absent: it did not. */
  readonly code?: string
  readonly failingSince?: Date
  readonly alertedDay?: string
}

/** Names that memory. */
export function healthKey(source: string): string {
  return `hr#${source}`
}
