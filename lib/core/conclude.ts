import { pendingIn, withLeftovers } from '../leftovers/findings.ts'
import { timeToRevokeMs } from '../words/audit-event.ts'
import { type Case, withOutcome } from '../words/case.ts'
import { type Outcome, summaryOf } from '../words/outcome.ts'
import type { Lease } from './ports.ts'
import { publishCase } from './publish.ts'
import { type OffboardDeps, type Standing, type Step, standing } from './work.ts'

/** Writes the outcome down, tells it, and lets the next worker in. A worker that was overtaken writes nothing. */
export async function conclude(deps: OffboardDeps, step: Step, lease: Lease): Promise<Standing> {
  const saved = await write(deps, step)
  if (saved && step.kind === 'outcome') note(deps, saved, step.outcome)
  await Promise.all([saved && goOn(deps, saved), letGo(deps, lease)])
  return saved ? standing(saved) : { caseId: step.kase.id, orgId: step.kase.orgId }
}

async function goOn(deps: OffboardDeps, saved: Case): Promise<void> {
  await Promise.all([comeBack(deps, saved), publishCase(deps, saved), lookForLeftovers(deps, saved)])
}

async function write(deps: OffboardDeps, step: Step): Promise<Case | undefined> {
  switch (step.kind) {
    case 'outcome':
      return await saveOver(deps, step.kase, (kase) => ended(deps, kase, step.outcome))
    case 'postponed':
      return await deps.ledger.save(step.kase)
    case 'overtaken':
      return undefined
  }
}

/** What is still to be done for the person is in the very write that says how it ended. */
function ended({ clock, settings }: OffboardDeps, kase: Case, outcome: Outcome): Case {
  const now = clock.now()
  return withLeftovers(withOutcome(kase, outcome, now), settings, now)
}

/**
 * Saves what an attempt made of its case. A sweep that meanwhile published older outcomes has written the case too, and took
 * nothing back of what this attempt rests on; any other writer has overtaken us.
 */
async function saveOver(
  { ledger }: OffboardDeps,
  kase: Case,
  made: (kase: Case) => Case,
): Promise<Case | undefined> {
  const saved = await ledger.save(made(kase))
  if (saved) return saved

  const current = await ledger.read(kase.id)
  if (!current || restsOn(current) !== restsOn(kase)) return undefined
  const { version, unpublished, notices } = current
  return await ledger.save(made({ ...kase, version, unpublished, notices }))
}

/** What an attempt rests on; publishing leaves it as it is. */
function restsOn({ attempts, intent, closedAt, nextAttemptAt }: Case): string {
  return JSON.stringify([attempts, intent?.at, closedAt, nextAttemptAt])
}

function note({ journal }: OffboardDeps, kase: Case, outcome: Outcome): void {
  const { id: caseId, orgId, attempts: attempt } = kase
  const toldMs = timeToRevokeMs(kase, outcome)
  journal.note({
    event: 'outcome',
    caseId,
    orgId,
    attempt,
    outcome: summaryOf(outcome),
    timeToRevokeMs: toldMs,
  })
}

/** Sends the case's own delayed message; one that is lost, or further off than SQS can delay, is the sweep's. */
async function comeBack({ queue, clock }: OffboardDeps, kase: Case): Promise<void> {
  if (!kase.nextAttemptAt) return
  const delayMs = kase.nextAttemptAt.getTime() - clock.now().getTime()
  if (delayMs > LONGEST_DELAY_MS) return
  await queue
    .send([{ message: { kind: 'case', caseId: kase.id }, delayMs: Math.max(0, delayMs) }])
    .catch(() => undefined)
}

/** A message that is lost is the sweep's: the ledger knows that somebody is to look. */
async function lookForLeftovers({ queue }: OffboardDeps, kase: Case): Promise<void> {
  if (!pendingIn(kase)) return
  const message = { kind: 'leftovers', caseId: kase.id } as const
  await queue.send([{ message, delayMs: AFTER_TELLING_MS }]).catch(() => undefined)
}

/** By then the outcome is told, which writes the case too. */
const AFTER_TELLING_MS = 2_000

/** SQS delays a message by 15 minutes at most. */
export const LONGEST_DELAY_MS = 15 * 60_000

/** A lease that cannot be given back lapses by itself. */
export async function letGo({ ledger }: OffboardDeps, lease: Lease | undefined): Promise<void> {
  if (lease) await ledger.release(lease).catch(() => undefined)
}
