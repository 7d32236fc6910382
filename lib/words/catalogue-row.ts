/**
 * What humans are told of an outcome, a stop or a notice. The CLI, alerts, the report, the README and the runbook say what it says
 * here; tests compare them.
 */
export type CatalogueRow = {
  /** A few words, as a headline. */
  readonly title: string
  /** What it means, in one or two sentences. */
  readonly meaning: string
  /** What to look at before acting. */
  readonly check?: string
  /** The right act, as a command to type; `{case}`, `{org}`, `{proposal}` and `{user}` stand for ids. Absent where nobody has to act. */
  readonly act?: string
  /** `alert`: humans are alerted at once. `digest`: nobody is woken; what stays open or stopped is in the daily digest. `quiet`: published and nothing more. */
  readonly severity: 'alert' | 'digest' | 'quiet'
}

/** Rows of one severity, by name. */
export function rowsOf<Name extends string>(
  severity: CatalogueRow['severity'],
  rows: Readonly<Record<Name, Omit<CatalogueRow, 'severity'>>>,
) {
  return Object.fromEntries(
    Object.entries<Omit<CatalogueRow, 'severity'>>(rows).map(([name, row]) => [name, { ...row, severity }]),
  ) as Record<Name, CatalogueRow>
}
