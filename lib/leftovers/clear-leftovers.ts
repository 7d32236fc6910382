import { letGo } from '../core/conclude.ts'
import { INVITATIONS_END, invitationsEnded } from '../core/org-state.ts'
import type { Failure, JournalEntry, Project } from '../core/ports.ts'
import { publishCase, tell } from '../core/publish.ts'
import { addMs, earliest, knownOf } from '../core/work.ts'
import { type Case, personOf } from '../words/case.ts'
import { usernamesOf } from '../words/departure.ts'
import { deferralMs } from '../words/retry.ts'
import { deleteInvitations } from './delete-invitations.ts'
import { invitationFinding, organizationFinding, projectFinding } from './describe-finding.ts'
import {
  bounded,
  counted,
  type Finding,
  lookedFor,
  type Pending,
  pendingIn,
  settled,
  withFindings,
} from './findings.ts'
import { type ProjectReading, readProjects } from './read-projects.ts'
import { saveLeftovers } from './save-leftovers.ts'
import type { LeftoversDeps, Search } from './search.ts'

/** One search never takes longer; what is left of it comes back. */
const SEARCH_MS = 20_000
/** Kept free of Atlas, for writing down what was found. */
const RESERVE_MS = 3_000
/** Another case of the same person is being looked for: it takes seconds. */
const BUSY_MS = 10_000

/**
 * Looks for what outlived the membership of a person whose case is closed, deletes the invitations that may be deleted, and tells
 * what there is.
 *
 * The case stays closed whatever happens here, and its outcome as it is. A search that fails comes back; one whose worker died is
 * found by the sweep.
 *
 * @throws if the ledger could not be read: deliver the message again
 */
export async function clearLeftovers(deps: LeftoversDeps, caseId: string, deadline: Date): Promise<void> {
  const { ledger, clock, journal } = deps
  const kase = await ledger.read(caseId)
  const pending = kase && pendingIn(kase)
  const now = clock.now()
  if (!pending || pending.nextAttemptAt.getTime() > now.getTime() + 1_000) return

  // A lease of its own: another departure of the same person does not wait for this.
  const leased = await ledger.lease(kase, `${personOf(kase)}#leftovers`)
  if (leased.kind === 'busy') return await busy(deps, kase, leased)
  const { lease } = leased
  try {
    const until = addMs(earliest(deadline, addMs(now, SEARCH_MS), lease.until), -RESERVE_MS)
    if (until > now) await search(deps, { kase, pending, lease, until })
  } catch (error) {
    journal.note({ event: 'unfinished', caseId, error: (error as Error).name })
  } finally {
    await letGo(deps, lease)
  }
}

async function busy({ queue }: LeftoversDeps, { id }: Case, other: { readonly caseId: string }) {
  if (other.caseId === id) return
  await queue.send([{ message: { kind: 'leftovers', caseId: id }, delayMs: BUSY_MS }])
}

async function search(deps: LeftoversDeps, task: Search): Promise<void> {
  const { kase, pending } = task
  const { ledger, clock, settings } = deps
  const now = clock.now()
  if (settings.leftovers === 'off') return await breakOff(deps, task)
  const [cases, known] = await Promise.all([ledger.ofPerson(personOf(kase)), knownOf(deps, kase)])
  const lookedBy = lookedFor(kase, cases, now)
  const isNew = pending.done.length + pending.intended.length === 0
  if (lookedBy && isNew) return await end(deps, task, (one) => settled(one, lookedBy, now))
  // The credential is refused as a whole; whoever probes it, it is not this.
  if (known.org.block) return await comeBack(deps, task, notRead(task, { code: known.org.block.code }))

  const listed = await deps.projects.list(kase.orgId, task.until)
  if (listed.kind === 'failure') return await comeBack(deps, task, notRead(task, listed))
  const isOver = known.org.invitationsEndedAt !== undefined || now >= INVITATIONS_END
  const readings = await readAll(deps, task, { projects: listed.projects, asksInvitations: !isOver })
  const hasEnded = readings.some(({ ended }) => ended)
  if ((isOver || hasEnded) && !known.org.invitationsEndedAt)
    await tell(deps, kase.orgId, (state) => invitationsEnded(state, now))

  const cleared = await deleteInvitations(deps, task, readings)
  if (cleared) await weigh(deps, cleared.task, cleared.readings)
}

/** Switched off in the middle: what was done up to then is told all the same. */
async function breakOff(deps: LeftoversDeps, task: Search): Promise<void> {
  const { done, findings, intended } = task.pending
  const now = deps.clock.now()
  if (done.length + findings.length + intended.length === 0)
    return await end(deps, task, (one) => settled(one, undefined, now))
  await endWith(deps, task, { done, findings, intended, failed: [] })
}

async function readAll(
  deps: LeftoversDeps,
  task: Search,
  { projects, asksInvitations }: { readonly projects: readonly Project[]; readonly asksInvitations: boolean },
): Promise<readonly ProjectReading[]> {
  const { done, intended } = task.pending
  const open = projects.filter(({ id }) => !done.includes(id))
  // A project with an intent is asked for its invitations even if it is on the list no more.
  const hidden = intended.map(({ projectId: id }) => ({ id, name: id }))
  const byId = new Map([...hidden, ...open].map((project) => [project.id, project]))
  const { orgId, departure } = task.kase
  const wish = { orgId, names: usernamesOf(departure), until: task.until, asksInvitations }
  return await readProjects(deps, wish, [...byId.values()])
}

/** What came of a try: the projects that are done with, what was found in them, and what failed. */
type Tried = {
  readonly done: readonly string[]
  readonly findings: readonly Finding[]
  readonly intended: Pending['intended']
  /** Without a project: all of them. */
  readonly failed: readonly { readonly project?: Project; readonly failure: Why }[]
}

type Why = Pick<Failure, 'code' | 'retryAfterMs'>

function notRead({ pending }: Search, failure: Why): Tried {
  const { done, findings, intended } = pending
  return { done, findings, intended, failed: [{ failure }] }
}

async function weigh(deps: LeftoversDeps, task: Search, readings: readonly ProjectReading[]): Promise<void> {
  const { pending } = task
  const failed = readings.flatMap(({ project, failure }) => (failure ? [{ project, failure }] : []))
  const whole = readings.filter(({ failure }) => !failure)
  const tried: Tried = {
    done: [...pending.done, ...whole.map(({ project }) => project.id)],
    findings: [...pending.findings, ...whole.flatMap(({ findings }) => findings)],
    intended: pending.intended.filter(({ projectId }) =>
      failed.some(({ project }) => project?.id === projectId),
    ),
    failed,
  }
  if (failed.length > 0) return await comeBack(deps, task, tried)
  await endWith(deps, task, tried)
}

/** After so long without any progress, what could not be looked at is told as failed. */
const GIVE_UP_MS = 24 * 3_600_000

async function comeBack(deps: LeftoversDeps, task: Search, tried: Tried): Promise<void> {
  const { clock, queue, journal } = deps
  const { kase, pending } = task
  const now = clock.now()
  const { done, intended, failed } = tried
  const hasProgress = done.length > pending.done.length
  const failingSince = hasProgress ? now : (pending.failingSince ?? now)
  if (now.getTime() - failingSince.getTime() >= GIVE_UP_MS) return await endWith(deps, task, tried)

  const deferrals = hasProgress ? 0 : pending.deferrals
  const waits = failed.map(({ failure }) => failure.retryAfterMs ?? 0)
  const delayMs = deferralMs(deferrals, Math.max(...waits), clock.random())
  const code = failed[0]?.failure.code
  const { findings, more: beyond } = bounded(tried.findings)
  const more = beyond + (pending.more ?? 0)
  const next: Pending = {
    kind: 'pending',
    nextAttemptAt: addMs(now, delayMs),
    deferrals: deferrals + 1,
    ...{ code, failingSince, done, findings, intended, ...(more > 0 && { more }) },
  }
  const saved = await saveLeftovers(deps.ledger, kase, (one) => ({ ...one, leftovers: next }))
  if (!saved) return
  journal.note({ event: 'leftovers', ...briefly(kase, tried), code })
  // One that is lost is the sweep's.
  await queue.send([{ message: { kind: 'leftovers', caseId: kase.id }, delayMs }]).catch(() => undefined)
}

async function endWith(deps: LeftoversDeps, task: Search, tried: Tried): Promise<void> {
  const { kase } = task
  const code = tried.failed[0]?.failure.code ?? 'LEFTOVERS_OFF'
  const findings = [
    ...tried.findings,
    ...tried.intended.map((one) => notSeen(one, code)),
    ...tried.failed.map((one) => notLooked(kase, one)),
  ]
  const at = deps.clock.now()
  const brief = { event: 'leftovers', ...briefly(kase, { ...tried, findings }) } as const
  await end(deps, task, (one) => withFindings(one, findings, tried.done.length, at), brief)
}

function notSeen(one: Pending['intended'][number], code: string): Finding {
  const place = { id: one.projectId, name: one.projectId }
  const note = 'a DELETE was sent, or about to be, and nobody has seen what became of it'
  return invitationFinding(one, place, { action: 'failed', note, code })
}

function notLooked({ orgId }: Case, { project, failure }: Tried['failed'][number]): Finding {
  const why = 'could not be looked at for a day; look at it by hand'
  return project ? projectFinding(project, why, failure.code) : organizationFinding(orgId, why, failure.code)
}

/** Writes the end of a search down and tells it; what the audit trail does not take, the sweep publishes. */
async function end(
  deps: LeftoversDeps,
  { kase }: Search,
  made: (kase: Case) => Case,
  brief?: JournalEntry,
): Promise<void> {
  const saved = await saveLeftovers(deps.ledger, kase, made)
  if (!saved) return
  if (brief) deps.journal.note(brief)
  await publishCase(deps, saved)
}

function briefly({ id: caseId, orgId }: Case, { done, findings }: Pick<Tried, 'done' | 'findings'>) {
  return { caseId, orgId, projects: done.length, ...counted(findings) }
}
