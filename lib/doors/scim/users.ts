import { isObject } from '../../senders/json.ts'
import type { HttpReply } from '../reply.ts'
import { fieldOf, userNameIn, type Wish, wishOfPatch, wishOfPut } from './active.ts'
import { bodyOf, type Call, resourceOf, type ScimParts } from './call.ts'
import { findPerson, type Person } from './find-person.ts'
import { isUsername, usernameOf } from './person-id.ts'
import { queueDeparture, queueReturn } from './queue-word.ts'
import { noSuchUser, scimError, scimReply, tryAgainAfter } from './reply.ts'
import { type UserView, viewOf } from './user-view.ts'

/** What a write leaves Atlas to answer in. What cannot be asked by then is queued unasked. */
const ASK_MS = 10_000

export async function getUser(deps: ScimParts, call: Call): Promise<HttpReply> {
  const asked = usernameOf(call.id)
  return asked === undefined ? noSuchUser() : await show(deps, call, asked)
}

export async function patchUser(deps: ScimParts, call: Call): Promise<HttpReply> {
  return await change(deps, call, wishOfPatch)
}

export async function putUser(deps: ScimParts, call: Call): Promise<HttpReply> {
  return await change(deps, call, wishOfPut)
}

/** Queues the departure of somebody whom a directory deletes. */
export async function deleteUser(deps: ScimParts, call: Call): Promise<HttpReply> {
  const asked = usernameOf(call.id)
  if (asked === undefined) return noSuchUser()
  const person = await findForWrite(deps, call, { asked })
  if (!mayLeave(person, look(deps, call, person))) return noSuchUser()
  await queueDeparture(deps.queue, call, { person, deletedByDirectory: true })
  return { status: 204 }
}

/**
 * Creates nobody: an account needs an invitation, which is Atlas's. A member is told apart, so that directories match them. Whoever
 * is created is to stay, unless they are created as inactive.
 */
export async function postUser(deps: ScimParts, call: Call): Promise<HttpReply> {
  const body = bodyOf(call)
  if ('reply' in body) return body.reply
  const asked = isObject(body.value) ? fieldOf(body.value, 'userName') : undefined
  if (typeof asked !== 'string' || !isUsername(asked))
    return scimError(400, 'Expected `userName` to be a username', { scimType: 'invalidValue' })
  const wish = wishOfPut(body.value)
  if (wish.kind === 'wrong') return scimError(400, wish.detail, { scimType: wish.scimType })

  const person = await findForWrite(deps, call, { asked })
  const isWanted = wish.kind === 'unchanged' || wish.active
  if (isWanted && isKnown(person)) await queueReturn(deps.queue, call, person)
  const { access } = person
  if (access.kind === 'failure') return tryAgainAfter(access)
  if (access.kind === 'member') return scimError(409, 'This user exists', { scimType: 'uniqueness' })
  return scimError(
    501,
    'Users are not created here: invite them in Atlas, and turn off "Create" for this application',
  )
}

async function change(deps: ScimParts, call: Call, wishOfBody: (body: unknown) => Wish): Promise<HttpReply> {
  const asked = usernameOf(call.id)
  if (asked === undefined) return noSuchUser()
  const body = bodyOf(call)
  if ('reply' in body) return body.reply
  const wish = wishOfBody(body.value)
  if (wish.kind === 'wrong') return scimError(400, wish.detail, { scimType: wish.scimType })
  if (wish.kind === 'unchanged') return await show(deps, call, asked)

  const hint = userNameIn(body.value)
  const person = await findForWrite(deps, call, { asked, ...(hint && isUsername(hint) && { hint }) })
  return wish.active ? await activate(deps, call, person) : await deactivate(deps, call, person)
}

async function deactivate(deps: ScimParts, call: Call, person: Person): Promise<HttpReply> {
  if (!mayLeave(person, look(deps, call, person))) return noSuchUser()
  await queueDeparture(deps.queue, call, { person })
  const { asked, username } = person
  return scimReply(200, resourceOf({ asked, username, active: false }, call))
}

/** Keeps whom a directory wants back; whoever is out stays out. */
async function activate(deps: ScimParts, call: Call, person: Person): Promise<HttpReply> {
  if (!isKnown(person)) return noSuchUser()
  await queueReturn(deps.queue, call, person)
  const view = look(deps, call, person, true)
  if (view.kind !== 'user') return unseen(view)
  if (person.access.kind === 'member') return scimReply(200, resourceOf(view, call))
  if (person.access.kind === 'failure') return tryAgainAfter(person.access)
  return scimError(400, 'This user is out of Atlas: they need a new invitation there', {
    scimType: 'mutability',
  })
}

async function show(deps: ScimParts, call: Call, asked: string): Promise<HttpReply> {
  const person = await findPerson(deps, { asked }, call.deadline)
  const view = look(deps, call, person)
  return view.kind === 'user' ? scimReply(200, resourceOf(view, call)) : unseen(view)
}

function look(deps: ScimParts, { source }: Call, person: Person, takesBack?: true): UserView {
  return viewOf(person, { source, now: deps.clock.now(), ...(takesBack && { takesBack }) })
}

function unseen(view: Exclude<UserView, { kind: 'user' }>): HttpReply {
  return view.kind === 'failure' ? tryAgainAfter(view) : noSuchUser()
}

async function findForWrite(
  deps: ScimParts,
  { deadline }: Call,
  names: { readonly asked: string; readonly hint?: string },
): Promise<Person> {
  const askBy = new Date(Math.min(deadline.getTime(), deps.clock.now().getTime() + ASK_MS))
  return await findPerson(deps, names, askBy)
}

/** Somebody of whom Atlas cannot tell us may be there: one departure too many finds nobody, one too few leaves somebody in. */
function isKnown({ access, cases, isRenamed }: Person): boolean {
  return access.kind !== 'nobody' || isRenamed || cases.length > 0
}

function mayLeave(person: Person, view: UserView): boolean {
  return isKnown(person) && !(view.kind === 'no_user' && view.isHidden)
}
