import type { Failure, InvitationRemoval } from '../core/ports.ts'
import { knownOf } from '../core/work.ts'
import { atOnce } from '../words/at-once.ts'
import type { Case } from '../words/case.ts'
import { usernamesOf } from '../words/departure.ts'
import { hasAccess } from '../words/member.ts'
import { invitationFinding, type Said } from './describe-finding.ts'
import { isNewer, keptFor, type Pending, type ProjectInvitation } from './findings.ts'
import { longestWait } from './longest-wait.ts'
import type { ProjectReading } from './read-projects.ts'
import { saveLeftovers } from './save-leftovers.ts'
import type { LeftoversDeps, Search } from './search.ts'

type Cleared = { readonly task: Search; readonly readings: readonly ProjectReading[] }
type Intended = Pending['intended'][number]

/**
 * Deals with the invitations that were found: guards, intent, DELETE, confirmation, in this order and no other. What a guard keeps
 * is reported.
 *
 * @returns the readings with what came of each; `undefined` if another worker overtook us
 */
export async function deleteInvitations(
  deps: LeftoversDeps,
  task: Search,
  readings: readonly ProjectReading[],
): Promise<Cleared | undefined> {
  const isBack = readings.some((one) => goneIn(task.pending, one).length > 0) && (await isMember(deps, task))
  const known = readings.map((reading) => withEarlier(task.pending, reading, isBack))
  const found = known.filter(({ invitations, failure }) => invitations.length > 0 && !failure)
  if (found.length === 0) return { task, readings: known }

  const kept = await whyKept(deps, task)
  if (typeof kept === 'object')
    return { task, readings: known.map((one) => (found.includes(one) ? { ...one, failure: kept } : one)) }
  const judged = known.map((one) => (found.includes(one) ? withKept(one, task.kase, kept) : one))
  const doomed = judged.flatMap(({ project, invitations, failure }) =>
    failure
      ? []
      : invitations.map((invitation) => ({
          projectId: project.id,
          id: invitation.id,
          createdAt: invitation.createdAt,
        })),
  )
  if (doomed.length === 0) return { task, readings: judged }

  const intended = await intend(deps, task, doomed)
  return (
    intended && {
      task: intended,
      readings: await carryOut(deps, intended, { judged, doomed, before: task.pending.intended }),
    }
  )
}

/** What an earlier attempt was about to delete in this project, and is not there any more. */
function goneIn(
  { intended }: Pending,
  { project, invitations, failure }: ProjectReading,
): readonly Intended[] {
  if (failure) return []
  const ours = intended.filter(({ projectId }) => projectId === project.id)
  return ours.filter(({ id }) => invitations.every((one) => one.id !== id))
}

/** An earlier attempt may have died before its DELETE: of somebody who is a member again, the invitation may have been accepted. */
function withEarlier(pending: Pending, reading: ProjectReading, isBack: boolean | Failure): ProjectReading {
  const { project, untold, findings } = reading
  const gone = goneIn(pending, reading)
  if (gone.length === 0) return reading
  if (typeof isBack === 'object') return { ...reading, failure: isBack }
  const said = untold ? ({ action: 'failed', note: UNTOLD, code: untold } as const) : saidOfGone(isBack)
  return { ...reading, findings: [...findings, ...gone.map((one) => invitationFinding(one, project, said))] }
}

function saidOfGone(isBack: boolean): Said {
  return isBack
    ? { action: 'reported', note: 'gone, by a DELETE of ours or accepted: the person is a member again' }
    : { action: 'deleted', note: 'gone after a DELETE of ours, seen at a later look' }
}

/** The last look before the intent. @returns the word for what keeps them all, `undefined` if nothing does, or why nobody can tell */
async function whyKept(deps: LeftoversDeps, task: Search): Promise<string | undefined | Failure> {
  const { kase } = task
  const guard = keptFor(kase, await knownOf(deps, kase), deps.settings, deps.clock.now())
  if (guard) return guard
  const isBack = await isMember(deps, task)
  if (typeof isBack === 'object') return isBack
  return isBack ? 'rejoined' : undefined
}

/** Tells whether somebody by the person's name has access, or may get it, now. */
async function isMember({ members }: LeftoversDeps, { kase, until }: Search): Promise<boolean | Failure> {
  const lookup = await members.find(kase.orgId, usernamesOf(kase.departure), until, true)
  switch (lookup.kind) {
    case 'failure':
      return lookup
    case 'found':
      return hasAccess(lookup.member.status)
    case 'several':
      return true
    // Somebody with a similar name is somebody else here: the invitation bears the very name.
    case 'possible_alias':
    case 'absent':
      return false
  }
}

function withKept(reading: ProjectReading, kase: Case, kept: string | undefined): ProjectReading {
  const { project, invitations, findings } = reading
  const reasonOf = (one: ProjectInvitation) => kept ?? (isNewer(kase, one) ? 'rejoined' : undefined)
  const told = invitations.flatMap((one) => {
    const reason = reasonOf(one)
    if (!reason) return []
    return [invitationFinding(one, project, { action: 'reported', note: `kept: ${reason}` })]
  })
  return {
    ...reading,
    invitations: invitations.filter((one) => !reasonOf(one)),
    findings: [...findings, ...told],
  }
}

/** Nothing is deleted that the ledger does not know to be about to be. */
async function intend(
  { ledger }: LeftoversDeps,
  task: Search,
  doomed: readonly Intended[],
): Promise<Search | undefined> {
  const others = task.pending.intended.filter(({ id }) => doomed.every((one) => one.id !== id))
  const pending: Pending = {
    ...task.pending,
    nextAttemptAt: task.lease.until,
    intended: [...others, ...doomed],
  }
  const kase = await saveLeftovers(ledger, task.kase, (one) => ({ ...one, leftovers: pending }))
  return kase && { ...task, kase, pending }
}

const AT_ONCE = 5

type Sentence = {
  readonly judged: readonly ProjectReading[]
  readonly doomed: readonly Intended[]
  readonly before: readonly Intended[]
}

async function carryOut(deps: LeftoversDeps, task: Search, { judged, doomed, before }: Sentence) {
  const { projects } = deps
  const { orgId } = task.kase
  const removals = await atOnce(doomed, AT_ONCE, async (one) => {
    const removal = await projects.deleteInvitation({ orgId, projectId: one.projectId }, one.id, task.until)
    return { ...one, removal, wasIntended: before.some(({ id }) => id === one.id) }
  })
  return await atOnce(judged, AT_ONCE, async (reading) => {
    const own = removals.filter(({ projectId }) => projectId === reading.project.id)
    return own.length > 0 ? await confirmed(deps, task, { reading, own }) : reading
  })
}

type Sent = Intended & { readonly removal: InvitationRemoval; readonly wasIntended: boolean }
type Confirming = { readonly reading: ProjectReading; readonly own: readonly Sent[] }

/** Says `deleted` only of what the project's list shows no more: one read for all that was deleted in it. */
async function confirmed(
  { projects }: LeftoversDeps,
  { kase, until }: Search,
  { reading, own }: Confirming,
): Promise<ProjectReading> {
  const { project } = reading
  const where = { orgId: kase.orgId, projectId: project.id }
  const listed = await projects.invitations(where, until)
  if ('reason' in listed) {
    const refused = own.map(({ removal }) => (removal.kind === 'failure' ? removal : undefined))
    return { ...reading, failure: longestWait([listed, ...refused]) ?? listed }
  }
  const left = listed.kind === 'invitations' ? listed.invitations : []
  const untold = listed.kind === 'forbidden' || listed.kind === 'ended' ? listed.code : undefined
  const ends = own.map((sent) => {
    if (untold) return { sent, end: { action: 'failed', note: UNTOLD, code: untold } as const }
    return {
      sent,
      end: endOf(
        sent,
        left.some(({ id }) => id === sent.id),
      ),
    }
  })
  const failure = longestWait(ends.map(({ end }) => ('kind' in end ? end : undefined)))
  if (failure) return { ...reading, failure }
  const told = ends.flatMap(({ sent, end }) => ('kind' in end ? [] : [invitationFinding(sent, project, end)]))
  return { ...reading, invitations: [], findings: [...reading.findings, ...told] }
}

const UNTOLD = 'a DELETE was sent, and Atlas tells no more what became of it'
const STILL_PRESENT: Failure = { kind: 'failure', reason: 'transient', code: 'STILL_PRESENT' }

/** What became of one invitation; a failure if that is still to be seen. */
function endOf({ removal, wasIntended }: Sent, isThere: boolean): Said | Failure {
  if (isThere) {
    if (removal.kind === 'forbidden' || removal.kind === 'ended') return undeleted(removal.code)
    if (removal.kind !== 'failure') return STILL_PRESENT
    return removal.reason === 'refused' ? undeleted(removal.code) : removal
  }
  const isOurs = wasIntended || mayBeOurs(removal)
  if (isOurs) return { action: 'deleted' }
  return { action: 'reported', note: NOT_OURS, ...('code' in removal && { code: removal.code }) }
}

/** A DELETE that Atlas turned down took nothing away: somebody else did, or the person accepted. */
function mayBeOurs(removal: InvitationRemoval): boolean {
  switch (removal.kind) {
    case 'deleted':
    case 'no_project':
      return true
    case 'absent':
      return removal.mayHaveApplied
    case 'failure':
      return removal.reason === 'transient'
    case 'forbidden':
    case 'ended':
      return false
  }
}

const NOT_OURS = 'gone before our DELETE: withdrawn, or accepted; look whether the person is a member again'

function undeleted(code: string): Said {
  return {
    action: 'failed',
    note: 'Atlas refused to delete it, which needs the role Project Owner here',
    code,
  }
}
