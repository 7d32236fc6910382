import * as z from 'zod/mini'
import { type CaseRow, rowOf } from '../../evidence/rows.ts'
import { Instant, Username } from '../../senders/fields.ts'
import type { Case, CaseState } from '../../words/case.ts'
import { usernamesOf } from '../../words/departure.ts'
import { HOLD_REASONS, type Outcome, type RefusalReason } from '../../words/outcome.ts'
import { sameUsername } from '../../words/username.ts'
import { type Asking, act, type ReaderDeps, type Refusal } from '../act.ts'
import { type CasePage, pageOfCases, problemOfSince } from '../case-pages.ts'
import { CaseCursor, CaseIds, OrgId, YesNo } from '../fields.ts'

const OUTCOMES: Readonly<Record<Outcome['kind'], 'open' | 'closed'>> = {
  scheduled: 'open',
  held: 'open',
  refused: 'open',
  deferred: 'open',
  removed: 'closed',
  already_absent: 'closed',
  would_remove: 'closed',
  cancelled: 'closed',
}
const REFUSALS: Readonly<Record<RefusalReason, true>> = {
  protected: true,
  last_owner: true,
  unknown_org: true,
  atlas_refused: true,
}
/** What cases can be picked by: an outcome's kind, the reason of a hold or refusal, or `new` before the first outcome. */
const KINDS = ['new', ...Object.keys(OUTCOMES), ...HOLD_REASONS, ...Object.keys(REFUSALS)]

type Filter = {
  readonly open?: boolean | undefined
  readonly kind?: string | undefined
  readonly since?: Date | undefined
  readonly orgId?: string | undefined
  readonly username?: string | undefined
}

/** Lists cases, page by page: the open ones, those received since an instant, or those named; and of these some. */
export const cases = act(
  {
    /** These and no others, open or closed. */
    cases: z.optional(CaseIds),
    open: z.optional(YesNo),
    kind: z.optional(z.enum(KINDS, `expected one of ${KINDS.join(', ')}`)),
    since: z.optional(Instant),
    orgId: z.optional(OrgId),
    username: z.optional(Username),
    cursor: z.optional(CaseCursor),
  },
  async (deps: ReaderDeps, request, { deadline }: Asking): Promise<CasePage<CaseRow> | Refusal> => {
    const { cases: named, kind, since, cursor } = request
    const wrong = since && problemOfSince(since, deps.clock.now())
    if (wrong) return { error: wrong }
    const isWanted = (kase: Case) => isPicked(kase, request)
    if (named) return { rows: (await casesNamed(deps, named)).filter(isWanted).map((kase) => rowOf(kase)) }
    if (kind && isClosedKind(kind) && !since)
      return { error: `\`since\`: needed for closed cases, such as those of kind ${kind}` }
    const rowsOf = async (found: readonly Case[]) => found.map((kase) => rowOf(kase))
    return await pageOfCases(deps, { since, cursor, isWanted, rowsOf, deadline })
  },
)

async function casesNamed({ ledger }: ReaderDeps, ids: readonly string[]): Promise<readonly Case[]> {
  const read = await Promise.all([...new Set(ids)].map((id) => ledger.read<CaseState>('case', id)))
  return read.filter((kase) => kase !== undefined)
}

function isPicked(kase: Case, { open, kind, since, orgId, username }: Filter): boolean {
  const { state, openedAt, closedAt } = kase
  const names = [...usernamesOf(state.departure), ...(state.snapshot ? [state.snapshot.username] : [])]
  return (
    (!open || !closedAt) &&
    (!since || openedAt >= since) &&
    (kind === undefined || isOfKind(kase, kind)) &&
    (orgId === undefined || state.orgId === orgId) &&
    (username === undefined || names.some((name) => sameUsername(name, username)))
  )
}

function isOfKind({ state: { outcome } }: Case, kind: string): boolean {
  if (!outcome) return kind === 'new'
  return outcome.kind === kind || ('reason' in outcome && outcome.reason === kind)
}

function isClosedKind(kind: string): boolean {
  return Object.entries(OUTCOMES).some(([name, end]) => name === kind && end === 'closed')
}
