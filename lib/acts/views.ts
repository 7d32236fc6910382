import { leftoversView } from '../leftovers/findings.ts'
import type { Case } from '../words/case.ts'
import type { ReaderDeps } from './operator.ts'
import { isClosedKind, isRefusal, type Refusal, type Request, readRequest } from './requests.ts'

const DAY_MS = 24 * 3_600_000

/** A case as operators see it. */
export type CaseView = ReturnType<typeof viewOf>

/** Shows a case to an operator: where it stands, when it comes back, what Atlas had. */
export function viewOf(kase: Case) {
  const { id, orgId, departure, receivedAt, attempts, nextAttemptAt, intent, cancellation } = kase
  const { outcome, outcomeAt, closedAt, seenAgainAt, snapshot, releases, leftovers } = kase
  const {
    id: departureId,
    source,
    username,
    occurredAt,
    effectiveAt,
    reason,
    requestedBy,
    dryRun,
  } = departure
  return {
    case: id,
    orgId,
    departureId,
    source,
    username,
    occurredAt,
    effectiveAt,
    reason,
    requestedBy,
    dryRun,
    receivedAt,
    attempts,
    nextAttemptAt,
    /** From then on a DELETE may be out. */
    intendedAt: intent?.at,
    cancellation,
    outcome,
    outcomeAt,
    closedAt,
    seenAgainAt,
    leftovers: leftovers && leftoversView(leftovers),
    snapshot,
    releases,
  }
}

/**
 * A case in a list: what Atlas had of the person, and in a long list each leftover, is told by `lookup`, because Lambda answers no
 * more than 6 MB.
 */
export type CaseLine = Omit<CaseView, 'snapshot'>

/** So many cases are shown with each of their leftovers. */
const MOST_WHOLE = 20

type Answer = {
  readonly cases: readonly CaseLine[]
  /** How many there are beyond those. */
  readonly more: number
}

const MOST_CASES = 3_000
const LONGEST_AGO_DAYS = 400

/** Lists cases: the open ones, those received since an instant, or those named; and of these one kind. */
export async function cases(deps: ReaderDeps, body: unknown): Promise<Answer | Refusal> {
  const request = readRequest('cases', body)
  if (isRefusal(request)) return request
  const wrong = problemOf(request, deps.clock.now())
  if (wrong) return { error: wrong }

  const { open, kind } = request
  const found = await find(deps, request)
  const wanted = found
    .filter((kase) => (!open || !kase.closedAt) && (!kind || isOfKind(kase, kind)))
    .toSorted((one, other) => one.receivedAt.getTime() - other.receivedAt.getTime())
  const lines = wanted.slice(0, MOST_CASES).map(wanted.length > MOST_WHOLE ? briefLineOf : lineOf)
  return { cases: lines, more: Math.max(0, wanted.length - MOST_CASES) }
}

function problemOf({ cases: named, kind, since }: Request<'cases'>, now: Date): string | undefined {
  if (since && now.getTime() - since.getTime() > LONGEST_AGO_DAYS * DAY_MS)
    return `\`since\`: expected an instant within the last ${LONGEST_AGO_DAYS} days`
  if (kind && isClosedKind(kind) && !since && !named)
    return `\`since\`: needed for closed cases, such as those of kind ${kind}`
  return undefined
}

async function find(deps: ReaderDeps, { cases: named, since }: Request<'cases'>): Promise<readonly Case[]> {
  const { ledger } = deps
  if (!named) return since ? await receivedSince(deps, since) : await ledger.open()
  const read = await Promise.all([...new Set(named)].map((caseId) => ledger.read(caseId)))
  return read.filter((kase) => kase !== undefined).filter(({ receivedAt }) => !since || receivedAt >= since)
}

async function receivedSince({ ledger, clock }: ReaderDeps, since: Date): Promise<readonly Case[]> {
  const days: string[] = []
  for (let day = since.getTime(); day <= clock.now().getTime() + DAY_MS; day += DAY_MS)
    days.push(new Date(day).toISOString().slice(0, 10))
  const found = await Promise.all([...new Set(days)].map((received) => ledger.on({ received })))
  return found.flat().filter(({ receivedAt }) => receivedAt >= since)
}

/** Shows a case as one of many. */
export function lineOf(kase: Case): CaseLine {
  const { snapshot: _, ...line } = viewOf(kase)
  return line
}

function briefLineOf(kase: Case): CaseLine {
  const { leftovers, ...line } = lineOf(kase)
  return { ...line, leftovers: leftovers && { ...leftovers, findings: [] } }
}

function isOfKind({ outcome }: Case, kind: string): boolean {
  if (!outcome) return kind === 'new'
  return outcome.kind === kind || ('reason' in outcome && outcome.reason === kind)
}
