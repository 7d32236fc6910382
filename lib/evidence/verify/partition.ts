import { placeOf } from '../../words/digest.ts'
import type { Archived } from './archived.ts'
import type { Committed } from './committed.ts'
import type { Verdict } from './days.ts'
import type { Finding } from './findings.ts'

/** One side of one event, put aside until everything of its record can be compared. */
export type Side = { readonly order: string } & (
  | { readonly archive: Archived }
  | { readonly ledger: Committed }
  /** What a closed case says. It stands behind the events of its record. */
  | { readonly closed: string; readonly record: string }
)

/** What one event comes to. */
type Compared = {
  readonly at: Date
  readonly ledger?: string
  readonly archive?: string
  readonly isWaiting?: true
  readonly findings: readonly Finding[]
}

/** One event from both sides, or the case behind them. */
type Pair = {
  archive: Archived[]
  ledger?: Committed
  closed?: { readonly verdict: string; readonly record: string }
}

/** Compares all events of some records, in the order of `orderOf`. */
export function* compared(sides: readonly Side[]): Iterable<Compared> {
  const pairs = new Map<string, Pair>()
  for (const side of sides) {
    const pair = pairs.get(side.order) ?? { archive: [] }
    pairs.set(side.order, pair)
    if ('archive' in side) pair.archive.push(side.archive)
    else if ('ledger' in side) pair.ledger = side.ledger
    else pair.closed = { verdict: side.closed, record: side.record }
  }
  const uids = new Map(
    [...pairs.values()].flatMap(({ ledger }) => (ledger ? [[ledger.digest, ledger.uid]] : [])),
  )
  let last: Archived | undefined
  for (const order of [...pairs.keys()].sort()) {
    const pair = pairs.get(order) ?? { archive: [] }
    if (pair.closed) yield { at: last?.at ?? new Date(0), findings: contradictionsIn(pair.closed, last) }
    else {
      const one = comparedPair(pair, uids)
      // Behind an event that is missing or changed, the case can be compared with nothing.
      const isSound = one.ledger !== undefined && one.ledger === one.archive
      const copy = pair.archive.find(({ digest }) => digest === one.ledger)
      if (!isSound) last = undefined
      else if (copy?.verdict !== undefined) last = copy
      yield one
    }
  }
}

function contradictionsIn(
  { verdict, record }: NonNullable<Pair['closed']>,
  last: Archived | undefined,
): readonly Finding[] {
  if (last?.verdict === undefined || placeOf(last.uid)?.record !== record || last.verdict === verdict)
    return []
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
