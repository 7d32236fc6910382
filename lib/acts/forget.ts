import { table } from '../cli/table.ts'
import { instant, paragraphs } from '../cli/text.ts'
import { renamedKey } from '../core/absent.ts'
import type { Ledger, Memory } from '../core/ledger.ts'
import { NOBODY, type PersonState, personKey } from '../core/returns.ts'
import { remember } from '../core/runner.ts'
import type { SearchTask } from '../leftovers/search-task.ts'
import { employeeKeysOf } from '../senders/hr/reference-task.ts'
import { noticeDraft } from '../words/audit-event.ts'
import { forgotten, newPseudonym, otherNamesOf, type Pseudonym } from '../words/forget.ts'
import type { Task } from '../words/task.ts'
import { asciiLowerCase } from '../words/username.ts'
import { countOf } from '../words/wording.ts'
import { ACTS, type OperatorDeps, writes } from './act.ts'
import { isCase } from './change-cases.ts'
import { ALONE, CLAIM, USERNAME, wordOf } from './fields.ts'
import { isSearch } from './leftovers.ts'

/** Where else a departure leaves the person's name, and how long: by the stack's own parameters. README says the same. */
const STILL_KEPT = [
  [
    'audit archive in S3, and the EventBridge archive',
    'audit events as published: username, userId, roles, reason',
    'AuditDays (default 400) after each event; object lock keeps everybody from deleting earlier',
  ],
  ['audit log group', 'the same audit events', 'AuditLogDays (default 400) after each event'],
  [
    'queues and their dead-letter queues',
    'the message as the source sent it, if it was not worked off',
    '14 days after it was sent',
  ],
  ["the ledger's point-in-time backup", 'the cases as they were', '35 days'],
  [
    'the ledger',
    'the name as the key of an item that says nothing any more',
    'until DynamoDB deletes it as expired, usually within a few days',
  ],
  [
    'the ledger',
    'the work address of an employee of an HR system whom no case names',
    '400 days after HR was last asked about that employee',
  ],
  ['the ledger', 'a proposal that names the person, while it is open', '24 hours after it was made'],
  [
    'alerts and whatever else consumes the audit bus',
    'what was sent there',
    'their own retention; not known here',
  ],
  [
    'Atlas, and the source of the departure',
    'their own account and events of the person',
    'their own retention; not known here',
  ],
] as const

/**
 * Takes a person's name out of everything the ledger has closed. The act is published first, and without the name; done again, it
 * continues where it stopped.
 */
export const forget = writes({
  name: 'forget',
  about: "takes a person's name out of their closed cases, and says what still holds it",
  examples: ['forget ada@example.com --because "erasure request 7"'],
  fields: { username: USERNAME, ...CLAIM, ...ALONE },
  needsTwo: () => true,
  async fixes({ ledger }, { username }) {
    const tasks = await ledger.ofPerson(username)
    return Object.fromEntries(tasks.map(({ id, version }) => [id, version]))
  },
  asks: ({ username }) => `Take ${username} out of all closed cases, for good?`,
  async does(deps, request, invocation) {
    const { username } = request
    const known = await everythingOf(deps, username)
    const problem = await problemOf(request, known, deps.ledger, deps.clock.now())
    if (problem !== undefined) return { error: problem }

    // The pseudonym is kept until the last case has it, so that a repetition after a crash does not make a second one.
    const { memory } = await remember<PersonState>(deps, personKey(username), (state = NOBODY) =>
      state.forgetting || state.legalHold
        ? undefined
        : { state: { ...state, forgetting: newPseudonym(deps.uid) } },
    )
    const { forgetting } = memory.state ?? NOBODY
    if (!forgetting) return { error: '`username`: a legal hold has just been set' }

    const cases = known.tasks.filter(isCase)
    const { name: pseudonym } = forgetting
    const { at, because, requestId, ...actor } = wordOf(deps, request, invocation)
    const unmapped = { pseudonym, because, request_id: requestId }
    const about = { cases: cases.map(({ id }) => id) }
    const notice = noticeDraft({ name: 'forgotten', at, actor, ...about, unmapped })
    await remember(deps, ACTS, () => ({ state: {}, drafts: [notice] }))
    // Keys may hold the name, so these items are emptied and expire.
    const wipe = (key: string) => remember(deps, key, () => ({ state: undefined, expiresAt: at }))
    // Before the cases, which alone say which employee the person was.
    for (const { key, version } of known.memories) if (version > 0) await wipe(key)
    for (const task of known.tasks)
      if (!(await rewrite(deps, task, forgetting)))
        return { error: `\`username\`: ${task.id} is being changed by somebody else; try again` }
    await wipe(personKey(username))
    return {
      ...{ pseudonym, cases: cases.map(({ id }) => id) },
      /** Other names of the same person in these cases; each is forgotten by itself. */
      otherNames: otherNamesOf(username, cases),
      stillKept: STILL_KEPT.map(([where, what, howLong]) => ({ where, what, howLong })),
    }
  },
  show({ pseudonym, cases, otherNames, stillKept }, { width }) {
    const columns = ['STILL KEPT IN', 'WHAT', 'HOW LONG']
    const rows = stillKept.map(({ where, what, howLong }) => ({ cells: [where, what, howLong] }))
    const names = otherNames.join(', ')
    const text = paragraphs(
      `Rewritten: ${countOf(cases.length, 'case')}; the person is ${pseudonym} there now`,
      names && `Also known as ${names}: forget these too, if they are the same person`,
      table(columns, rows, width),
    )
    return { text, status: 0 }
  },
})

type Known = Awaited<ReturnType<typeof everythingOf>>

/** Reads everything that the ledger keeps under a name, and about the person under their other names. */
async function everythingOf({ ledger, organizations }: OperatorDeps, username: string) {
  const renamed = organizations.orgIds.map((orgId) => renamedKey(orgId, username))
  const tasks = await ledger.ofPerson(username)
  const cases = tasks.filter(isCase)
  const employees = cases.flatMap(({ state: { departure } }) => employeeKeysOf(departure))
  const names = [username, ...otherNamesOf(username, cases)]
  const read = await ledger.memories([...names.map(personKey), ...renamed, ...employees])
  const persons = read.slice(0, names.length) as readonly Memory<PersonState>[]
  return { tasks, persons, memories: read.slice(names.length) }
}

/** Until then the hourly comparison and late repetitions need the name, and a wrong removal must not be hidden before anybody noticed it. */
const LEAST_CLOSED_MS = 30 * 24 * 3_600_000
/** SQS keeps a message for 14 days at most: so long may a departure from before a return still be on its way. */
const LATEST_MS = 14 * 24 * 3_600_000

/** Says why a person cannot be forgotten now; `undefined` if they can. */
async function problemOf(
  {
    username,
    by,
    because,
  }: { readonly username: string; readonly by?: string | undefined; readonly because: string },
  { tasks, persons, memories: others }: Known,
  ledger: Ledger,
  now: Date,
): Promise<string | undefined> {
  const words = asciiLowerCase(`${by}\n${because}`)
  if (words.includes(asciiLowerCase(username))) return '`because`: must not hold the name that is forgotten'
  const held = persons.find(({ state }) => state?.legalHold)?.state?.legalHold
  if (held) return `\`username\`: legal hold since ${instant(held.at)}: ${held.because}`
  const open = tasks.filter(({ closedAt }) => !closedAt)
  if (open.length > 0) return `\`username\`: still open: ${open.map(({ id }) => id).join(', ')}`
  const young = tasks
    .filter(isCase)
    .filter(({ closedAt = now }) => now.getTime() - closedAt.getTime() < LEAST_CLOSED_MS)
  if (young.length > 0)
    return `\`username\`: closed less than 30 days ago: ${young.map(({ id }) => id).join(', ')}`
  const isLately = ({ at }: { readonly at: Date }) => now.getTime() - at.getTime() <= LATEST_MS
  const memories = [...persons.slice(0, 1), ...others]
  if (Object.values(persons[0]?.state?.returns ?? {}).some(isLately))
    return '`username`: came back within 14 days, and an older departure may still be on its way; try again later'
  if (memories.some(({ isUnreadable }) => isUnreadable))
    return '`username`: what is remembered of this person cannot be read'
  if (tasks.length === 0 && memories.every(({ state }) => state === undefined))
    return '`username`: the ledger knows nobody by this name'
  // An event that waits to be published names the person.
  const keys = new Set([...tasks.map(({ kind, id }) => `${kind}#${id}`), ...memories.map(({ key }) => key)])
  for await (const page of ledger.outboxes(now))
    if (page.some(({ key }) => keys.has(key)))
      return '`username`: not every event about this person has been published yet; try again later'
  return undefined
}

const MOST_TRIES = 3

async function rewrite({ ledger, clock }: OperatorDeps, task: Task, pseudonym: Pseudonym): Promise<boolean> {
  for (let tries = 1; tries <= MOST_TRIES; tries += 1) {
    const known = await ledger.read(task.kind, task.id)
    if (!known) return true
    const next = withoutName(known, pseudonym, clock.now())
    if (await ledger.commit(next, { state: next.state, decisions: next.decisions })) return true
  }
  return false
}

function withoutName(task: Task, pseudonym: Pseudonym, at: Date): Task {
  if (isCase(task)) return forgotten(task, pseudonym, at)
  return isSearch(task) ? forgottenSearch(task, pseudonym) : task
}

/** Ids of invitations and database users are the person's. Ids of projects are not, and stay. */
function forgottenSearch({ subject, state, ...search }: SearchTask, { name: id }: Pseudonym): SearchTask {
  const findings = state.findings.map((finding) => {
    return finding.kind === 'project_invitation' || finding.kind === 'database_user'
      ? { ...finding, id }
      : finding
  })
  const intended = state.intended.map((one) => ({ ...one, id }))
  return { ...search, subject: { ...subject, username: id }, state: { ...state, findings, intended } }
}
