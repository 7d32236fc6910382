import { placeOf } from '../../words/digest.ts'
import type { Archived } from './archived.ts'
import type { Committed } from './committed.ts'
import type { Verdict } from './days.ts'
import type { Finding } from './findings.ts'

/** What the ledger or the archive says of one event, kept until everything of its record can be compared. */
export type Side = { readonly order: string } & (
  | { readonly archive: Archived }
  /** `closed`: with the last event of a closed case, what the case says. */
  | { readonly ledger: Committed; readonly closed?: string | undefined }
)

type Compared = {
  readonly at: Date
  readonly ledger?: string
  readonly archive?: string
  readonly isWaiting?: true
  readonly findings: readonly Finding[]
}

type Pair = { readonly archive: readonly Archived[]; readonly ledger: Committed | undefined }

/** Compares all events of some records, in the order of `orderOf`. */
export function* compared(sides: readonly Side[]): Iterable<Compared> {
  const uids = new Map(
    sides.flatMap((side) => ('ledger' in side ? [[side.ledger.digest, side.ledger.uid]] : [])),
  )
  let last: Archived | undefined
  for (const [, ofEvent] of [...Map.groupBy(sides, ({ order }) => order)].sort(byOrder)) {
    const archive = ofEvent.flatMap((side) => ('archive' in side ? [side.archive] : []))
    const { ledger, closed } = ofEvent.findLast((side) => 'ledger' in side) ?? {}
    const one = comparedPair({ archive, ledger }, uids)
    const copy = archive.find(({ digest }) => digest === one.ledger)
    // After an event that is missing or changed, there is nothing to compare the case with.
    if (!copy) last = undefined
    else if (copy.verdict !== undefined) last = copy
    yield { ...one, findings: [...one.findings, ...contradictionsIn(ledger, closed, last)] }
  }
}

const byOrder = ([one]: readonly [string, unknown], [other]: readonly [string, unknown]) =>
  one < other ? -1 : 1

function contradictionsIn(
  ledger: Committed | undefined,
  verdict: string | undefined,
  last: Archived | undefined,
): readonly Finding[] {
  if (!ledger || verdict === undefined || last?.verdict === undefined || last.verdict === verdict) return []
  if (placeOf(last.uid)?.record !== placeOf(ledger.uid)?.record) return []
  const note = `the case says "${verdict.trim()}", the event "${last.verdict.trim()}"`
  return [{ ...findingOf('contradicts', last), note }]
}

function comparedPair({ archive, ledger }: Pair, uids: ReadonlyMap<string, string>): Compared {
  const copy = archive.find(({ digest }) => digest === ledger?.digest) ?? archive[0]
  const at = ledger?.at ?? copy?.at ?? new Date(0)
  const digests = { ...(ledger && { ledger: ledger.digest }), ...(copy && { archive: copy.digest }) }
  if (!copy) {
    if (ledger?.isWaiting) return { at, ...digests, isWaiting: true, findings: [] }
    return { at, ...digests, findings: ledger ? [findingOf('missing', ledger)] : [] }
  }
  const others = new Map(archive.map((one) => [one.digest, one]))
  others.delete(copy.digest)
  const second = [...others.values()].map((one) => findingOf('second_content', one))
  return { at, ...digests, findings: [...ownFindings(copy, ledger, uids), ...second] }
}

function ownFindings(
  copy: Archived,
  ledger: Committed | undefined,
  uids: ReadonlyMap<string, string>,
): readonly Finding[] {
  if (!ledger) return [findingOf('extra', copy)]
  if (copy.digest === ledger.digest) return []
  const elsewhere = uids.get(copy.digest)
  if (elsewhere === undefined) return [findingOf('altered', copy)]
  return [{ ...findingOf('out_of_sequence', copy), note: `the ledger keeps it as ${elsewhere}` }]
}

function findingOf(kind: Finding['kind'], event: Archived | Committed): Finding {
  return { kind, uid: event.uid, ...placeOf(event.uid), ...('where' in event && { where: event.where }) }
}

/** Says which side was changed, if a manifest tells. @returns `undefined` if it vouches for an event that the ledger keeps no more */
export function settledBy(verdict: Verdict | undefined, finding: Finding): Finding | undefined {
  if (finding.kind === 'contradicts') return { ...finding, changed: 'ledger' }
  switch (verdict) {
    case 'both':
      return finding.kind === 'extra' ? undefined : { ...finding, changed: 'archive' }
    case 'ledger':
      return { ...finding, changed: 'archive' }
    case 'archive':
      return { ...finding, changed: finding.kind === 'second_content' ? 'archive' : 'ledger' }
    case 'none':
    case 'no_manifest':
    case undefined:
      return finding
  }
}
