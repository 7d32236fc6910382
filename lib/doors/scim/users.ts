import { isObject } from '../../senders/json.ts'
import { addressesIn } from '../../words/decorated.ts'
import { isAddress, sameUsername } from '../../words/username.ts'
import type { HttpReply } from '../http.ts'
import { reportOf } from '../json-body.ts'
import { type ActiveChange, fieldOf, readPatch, readPut, saidIn } from './active.ts'
import { bodyOf, type Call, resourceOf, type ScimParts } from './call.ts'
import { findPerson, type Person } from './find-person.ts'
import { noSuchUser, scimError, scimReply, tryAgainAfter } from './reply.ts'
import { isUsername, usernameOf, viewOf } from './user.ts'

/** How long a write waits for Atlas. Without an answer by then it is queued all the same. */
const ASK_MS = 10_000

export async function getUser(deps: ScimParts, call: Call): Promise<HttpReply> {
  const asked = usernameOf(call.id)
  if (asked === undefined) return noSuchUser()
  const view = look(deps, call, await findPerson(deps, { asked }, call.deadline))
  if (view.kind === 'failure') return tryAgainAfter(view)
  return view.kind === 'user' ? scimReply(200, resourceOf(view, call)) : noSuchUser()
}

export const patchUser = (deps: ScimParts, call: Call) => change(deps, call, readPatch)
export const putUser = (deps: ScimParts, call: Call) => change(deps, call, readPut)

/** Queues the departure of somebody whom a directory deletes. */
export async function deleteUser(deps: ScimParts, call: Call): Promise<HttpReply> {
  const asked = usernameOf(call.id)
  if (asked === undefined) return await refuse(deps, call, NO_ID)
  const person = await findForWrite(deps, call, asked)
  const isQueued = await queueDeparture(deps, call, person, { deletedByDirectory: true })
  return isQueued ? { status: 204 } : noSuchUser()
}

/**
 * Creates nobody: only an invitation in Atlas makes an account. A member gets 409, so that the directory matches them. Somebody whom a
 * directory creates is to stay, unless it creates them as inactive.
 */
export async function postUser(deps: ScimParts, call: Call): Promise<HttpReply> {
  const body = bodyOf(call)
  if ('reply' in body) return body.reply
  const asked = isObject(body.value) ? fieldOf(body.value, 'userName') : undefined
  if (typeof asked !== 'string' || !isUsername(asked))
    return scimError(400, 'Expected `userName` to be a username', 'invalidValue')
  const wanted = readPut(body.value)
  if (wanted.kind === 'wrong') return scimError(400, wanted.detail, wanted.scimType)

  const person = await findForWrite(deps, call, asked)
  const isWanted = wanted.kind === 'unchanged' || wanted.active
  if (isWanted && isKnown(person)) await queueReturn(deps, call, person)
  const { access } = person
  if (access.kind === 'failure') return tryAgainAfter(access)
  if (access.kind === 'member') return scimError(409, 'This user exists', 'uniqueness')
  return scimError(
    501,
    'Users are not created here: invite them in Atlas, and turn off "Create" for this application',
  )
}

async function change(
  deps: ScimParts,
  call: Call,
  readChange: (body: unknown) => ActiveChange,
): Promise<HttpReply> {
  const asked = usernameOf(call.id)
  if (asked === undefined) return await refuse(deps, call, NO_ID)
  const body = bodyOf(call)
  if ('reply' in body) return await refuse(deps, call, body)
  const wanted = readChange(body.value)
  if (wanted.kind === 'wrong') {
    const { detail, scimType } = wanted
    return await refuse(deps, call, { reply: scimError(400, detail, scimType), detail })
  }
  if (wanted.kind === 'unchanged') {
    const message = { kind: 'ignored', source: call.source, why: OTHER_VALUE } as const
    if (wanted.mayMeanActive || isMarked(asked, saidIn(body.value, 'username')))
      await deps.queue.send([{ message }])
    return await getUser(deps, call)
  }

  const [hint, ...others] = otherNamesIn(body.value, asked)
  const found = await findForWrite(deps, call, asked, hint)
  const person = wanted.active ? found : await orNamed(deps, call, found, hint)
  const names = [hint, ...others].filter((one) => one !== undefined)
  const objection = await ofOtherUser(deps, call, person, names)
  if (objection) return objection
  return wanted.active ? await activate(deps, call, person) : await deactivate(deps, call, person)
}

/** Nobody has the id, but somebody may be meant by the name in the body, as in `DEL_ada@example.com`: a human has to look. */
async function orNamed(deps: ScimParts, call: Call, found: Person, hint?: string): Promise<Person> {
  if (hint === undefined || isKnown(found)) return found
  const named = await findForWrite(deps, call, hint)
  // Under the name that was said, and not the one of whoever bore it before: they may be somebody else.
  return { ...named, asked: found.asked, username: named.asked }
}

/** Directories give leavers another name: `DEL_ada@example.com`, or an id in its place. */
function isMarked(asked: string, name = ''): boolean {
  if (name === '' || sameUsername(name, asked)) return false
  return !isAddress(name) || addressesIn(name).some((one) => sameUsername(one, asked))
}

/** Objects to a body that names another member than the id does. @param names - in the body, other than the id's */
async function ofOtherUser(deps: ScimParts, call: Call, person: Person, names: readonly string[]) {
  for (const name of names) {
    if (sameUsername(name, person.username)) continue
    const { access, username } = await findForWrite(deps, call, name)
    if (sameUsername(username, person.username)) continue
    if (access.kind === 'failure') return tryAgainAfter(access)
    if (access.kind === 'member') return await refuse(deps, call, OTHER_USER)
  }
  // If we removed the person of this id, the member with the other name is somebody else, and not this person renamed.
  const isOut = person.cases.some(
    ({ subject, state }) => sameUsername(subject.username, person.asked) && state.outcome?.kind === 'removed',
  )
  const isRenamed = !sameUsername(person.username, person.asked)
  return names.length > 0 && isRenamed && isOut ? await refuse(deps, call, OTHER_USER) : undefined
}

/** The addresses of a body's `userName` and of its `id`, in this order; `undefined` for one that is no address, or the path's own. */
function otherNamesIn(body: unknown, asked: string): readonly (string | undefined)[] {
  const names = [saidIn(body, 'username'), usernameOf(saidIn(body, 'id') ?? '')]
  const isOther = (name = '') => isUsername(name) && isAddress(name) && !sameUsername(name, asked)
  return names.map((name) => (isOther(name) ? name : undefined))
}

const OTHER_VALUE = 'a user was changed in another way that may mean on or off, not by `active`'

const TWO_USERS = 'Expected the body to name the user of this id; another member has the name in it'
/** The id or the name is somebody else's: who is meant, only a human can say. */
const OTHER_USER: Refusal = { reply: scimError(409, TWO_USERS, 'uniqueness'), detail: TWO_USERS }

type Refusal = { readonly reply: HttpReply; readonly detail: string }

/** For a directory that puts a username, or an id of its own, into the path: that names nobody, so nobody would be removed. */
const NO_ID: Refusal = { reply: noSuchUser(), detail: 'Expected an id that a search or a list here gave' }

/** A write that we cannot read may mean a leaving. Humans see it, whatever the directory makes of the answer. @throws if it could not be queued */
export async function refuse(
  { queue }: ScimParts,
  call: Call,
  { reply, detail }: Refusal,
): Promise<HttpReply> {
  const { source, request } = call
  const input = `${request.method} ${request.path.join('/')} ${request.body}`
  const message = reportOf(input, { source, reason: `${source}: ${request.method} of a user: ${detail}` })
  await queue.send([{ message }])
  return reply
}

async function deactivate(deps: ScimParts, call: Call, person: Person): Promise<HttpReply> {
  const { asked, username } = person
  const isQueued = await queueDeparture(deps, call, person)
  return isQueued ? scimReply(200, resourceOf({ asked, username, active: false }, call)) : noSuchUser()
}

/** Queues the return of somebody whom a directory wants back. Nobody gets access by it. */
async function activate(deps: ScimParts, call: Call, person: Person): Promise<HttpReply> {
  if (!isKnown(person)) return noSuchUser()
  await queueReturn(deps, call, person)
  const cases = person.cases.filter(
    ({ closedAt, state }) => closedAt || state.departure.source !== call.source,
  )
  const view = look(deps, call, { ...person, cases })
  if (view.kind === 'hidden') return noSuchUser()
  if (person.access.kind === 'failure') return tryAgainAfter(person.access)
  if (person.access.kind === 'member' && view.kind === 'user') return scimReply(200, resourceOf(view, call))
  return scimError(400, 'This user is out of Atlas: they need a new invitation there', 'mutability')
}

function look({ clock }: ScimParts, { source }: Call, person: Person) {
  return viewOf(person, source, clock.now())
}

async function findForWrite(deps: ScimParts, { deadline }: Call, asked: string, hint?: string) {
  const askBy = Math.min(deadline.getTime(), deps.clock.now().getTime() + ASK_MS)
  return await findPerson(deps, { asked, hint }, new Date(askBy))
}

/** If Atlas does not answer, assume that the person is there: an extra departure is harmless, a missing one is not. */
function isKnown({ access, cases, isRenamed }: Person): boolean {
  return access.kind !== 'nobody' || isRenamed || cases.length > 0
}

/**
 * Queues a departure. Each request makes its own; the ledger knows a repetition.
 *
 * @returns false if there is nobody to leave
 * @throws if it could not be queued
 */
async function queueDeparture(
  deps: ScimParts,
  call: Call,
  person: Person,
  more: { readonly deletedByDirectory?: true } = {},
): Promise<boolean> {
  if (!isKnown(person) || look(deps, call, person).kind === 'hidden') return false
  // Who is meant is not sure with an alias: the worker finds two people, and a human decides.
  const aliases = person.alias ? { aliases: [person.alias] } : {}
  const departure = { ...wordOf(call, person), ...aliases, ...more }
  await deps.queue.send([{ message: { kind: 'departure', departure } }])
  return true
}

/** Queues that the person stays. @throws if it could not be queued */
async function queueReturn({ queue }: ScimParts, call: Call, person: Person): Promise<void> {
  await queue.send([{ message: { kind: 'return', return: wordOf(call, person) } }])
}

function wordOf({ source, request }: Call, { username }: Person) {
  return { id: `${source}:${request.id}`, source, username, occurredAt: request.at }
}
