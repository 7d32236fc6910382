import {
  type AuditEvent,
  type Draft,
  noticeDraft,
  outcomeDraft,
  sealed,
  unreadableDraft,
  withOrgName,
} from '../../../lib/words/audit-event.ts'
import { type Case, openCase } from '../../../lib/words/case.ts'
import { CATALOGUE, type NoticeName } from '../../../lib/words/catalogue.ts'
import type { CatalogueRow } from '../../../lib/words/catalogue-row.ts'
import type { Outcome } from '../../../lib/words/outcome.ts'
import { BY_HUMANS } from '../../drills/by-humans.ts'
import { activeMember, departure, later, ORG } from '../../support/cases.ts'

/** An event that the audit bus gets, made with a text of a source's own wherever a source may write one. */
export type Published = {
  readonly name: string
  readonly row: CatalogueRow
  make(text: string): AuditEvent
}

const at = later(1_000)
const GRACE = { actor: 'arn:aws:sts::111122223333:assumed-role/on-call/grace', claimedBy: 'grace' }
const KINDS: ReadonlySet<string> = new Set([
  'removed',
  'already_absent',
  'would_remove',
  'cancelled',
  'scheduled',
  'deferred',
])

/** Every outcome and notice that the catalogue knows. */
export const EVENTS: readonly Published[] = Object.entries(CATALOGUE).map(([name, row]) => ({
  name,
  row,
  make: (text) =>
    sealed(
      withOrgName(draftOf(name, text), { [ORG]: 'Acme Production' }),
      `${name.replace(/\W+/g, '_')}/1`,
      1,
    ),
}))

/** The event of a name, about Ada. @throws if there is none */
export function published(name: string): AuditEvent {
  const found = EVENTS.find((one) => one.name === name)
  if (!found) throw new Error(`No event is called "${name}"`)
  return found.make('ada@example.com')
}

function draftOf(name: string, text: string): Draft {
  if (name === 'unreadable') return unreadableDraft({ reason: 'okta: `target`: expected a person' }, at)
  const [kind = '', reason] = name.split(': ')
  if (KINDS.has(kind) || reason !== undefined)
    return outcomeDraft(caseWith(text), outcomeOf(kind, reason, text), at)
  return noticeDraft({
    name: name as NoticeName,
    at,
    orgId: ORG,
    caseId: 'c-757116f45671e111265b',
    correlationUid: `okta:${text}`,
    user: { name: text },
    ...(BY_HUMANS.has(name) && { actor: GRACE }),
    unmapped: { because: text },
  })
}

function outcomeOf(kind: string, reason: string | undefined, text: string): Outcome {
  return {
    kind,
    ...(reason !== undefined && { reason, code: 'HTTP_410', detail: text }),
    revokedAt: at,
    nextAttemptAt: later(86_400_000),
    evidence: 'answered',
    by: text,
    because: text,
    ...(kind === 'deferred' && { code: 'HTTP_503' }),
  } as Outcome
}

function caseWith(text: string): Case {
  const left = departure({ username: text, reason: text, requestedBy: text, id: `okta:${text}` })
  const opened = openCase(left, ORG, { at })
  return {
    ...opened,
    id: 'c-757116f45671e111265b',
    state: { ...opened.state, attempts: 1, snapshot: activeMember({ username: text }) },
  }
}
