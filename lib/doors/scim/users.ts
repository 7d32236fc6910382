import { isObject } from '../../senders/json.ts'
import { asciiLowerCase } from '../../words/username.ts'
import { type JsonBody, readJson } from '../json-body.ts'
import type { HttpReply } from '../reply.ts'
import type { HttpRequest } from '../request.ts'
import { accessOf } from './access.ts'
import { fieldOf, type Wish, wishOfPatch, wishOfPut } from './active.ts'
import { type DeprovisionDeps, deprovision, forget, takeBack } from './deprovision.ts'
import { pastOf } from './past.ts'
import { isUsername, usernameOf } from './person-id.ts'
import { noSuchUser, scimError, scimReply, tryAgainAfter } from './reply.ts'
import { judgeStanding, type Standing, standingOf } from './standing.ts'
import { userResource } from './user.ts'

/** One request about users. */
export type Call = {
  readonly request: HttpRequest
  /** What stands for the user in the path. */
  readonly id: string
  readonly baseUrl: string
  readonly deadline: Date
}

export async function getUser(deps: DeprovisionDeps, call: Call): Promise<HttpReply> {
  const username = usernameOf(call.id)
  return username === undefined ? noSuchUser() : await shown(deps, username, call)
}

export async function patchUser(deps: DeprovisionDeps, call: Call): Promise<HttpReply> {
  return await change(deps, call, wishOfPatch)
}

export async function putUser(deps: DeprovisionDeps, call: Call): Promise<HttpReply> {
  return await change(deps, call, wishOfPut)
}

/** Queues the departure of whom a directory deletes; to the directory they are gone at once. */
export async function deleteUser(deps: DeprovisionDeps, call: Call): Promise<HttpReply> {
  const username = usernameOf(call.id)
  if (username === undefined) return noSuchUser()
  const past = await pastOf(deps, username)
  if (!past.isKnown) {
    const access = await accessOf(deps, username, call.deadline)
    if (access.kind === 'nobody') return noSuchUser()
  }
  const asked = await deprovision(deps, { username, past }, call.deadline)
  if (!asked) return noSuchUser()
  await forget(deps, username, asked)
  return { status: 204 }
}

/**
 * Creates nobody: an account needs an invitation, which is Atlas's. A member is told apart, so that directories match them, and
 * stays, if their removal is open.
 */
export async function postUser(deps: DeprovisionDeps, call: Call): Promise<HttpReply> {
  const body = readJson(call.request.body)
  if (body.kind === 'wrong') return unreadable(body)
  const username = isObject(body.value) ? fieldOf(body.value, 'userName') : undefined
  if (typeof username !== 'string' || !isUsername(username))
    return scimError(400, 'Expected `userName` to be a username', { scimType: 'invalidValue' })
  const wish = wishOfPut(body.value)
  if (wish.kind === 'wrong') return scimError(400, wish.detail, { scimType: wish.scimType })

  await keepCreated(deps, asciiLowerCase(username), wish)
  const access = await accessOf(deps, username, call.deadline)
  if (access.kind === 'failure') return tryAgainAfter(access)
  if (access.kind === 'member') return scimError(409, 'This user exists', { scimType: 'uniqueness' })
  return scimError(
    501,
    'Users are not created here: invite them in Atlas, and turn off "Create" for this application',
  )
}

async function change(
  deps: DeprovisionDeps,
  call: Call,
  wishOfBody: (body: unknown) => Wish,
): Promise<HttpReply> {
  const username = usernameOf(call.id)
  if (username === undefined) return noSuchUser()
  const body = readJson(call.request.body)
  if (body.kind === 'wrong') return unreadable(body)
  const wish = wishOfBody(body.value)
  switch (wish.kind) {
    case 'wrong':
      return scimError(400, wish.detail, { scimType: wish.scimType })
    case 'unchanged':
      return await shown(deps, username, call)
    case 'active':
      return await setActive(deps, username, { ...call, active: wish.active })
  }
}

async function setActive(
  deps: DeprovisionDeps,
  username: string,
  call: Call & { readonly active: boolean },
): Promise<HttpReply> {
  if (call.active) return await activate(deps, username, call)
  const asked = await deprovision(deps, { username, past: await pastOf(deps, username) }, call.deadline)
  return asked ? scimReply(200, userResource({ username, active: false }, call.baseUrl)) : noSuchUser()
}

/** Keeps whom a directory wants back; whoever is out stays out. */
async function activate(deps: DeprovisionDeps, username: string, call: Call): Promise<HttpReply> {
  // Before Atlas is asked: whatever arrives while that takes is a later word.
  const past = await takeBack(deps, username)
  const access = await accessOf(deps, username, call.deadline)
  if (access.kind === 'failure') return tryAgainAfter(access)

  const standing = judgeStanding(username, access, past)
  if (standing.kind !== 'user') return unseen(standing)
  if (access.kind === 'member') return scimReply(200, userResource(standing, call.baseUrl))
  return scimError(400, 'This user is out of Atlas: they need a new invitation there', {
    scimType: 'mutability',
  })
}

/** Takes a departure back for whom a directory creates, unless it creates them as inactive. */
async function keepCreated(deps: DeprovisionDeps, username: string, wish: Wish): Promise<void> {
  if (wish.kind === 'active' && !wish.active) return
  if (wish.kind === 'active' || (await pastOf(deps, username)).isLeaving) await takeBack(deps, username)
}

async function shown(deps: DeprovisionDeps, username: string, call: Call): Promise<HttpReply> {
  const standing = await standingOf(deps, username, call.deadline)
  return standing.kind === 'user' ? scimReply(200, userResource(standing, call.baseUrl)) : unseen(standing)
}

function unseen(standing: Exclude<Standing, { kind: 'user' }>): HttpReply {
  return standing.kind === 'failure' ? tryAgainAfter(standing) : noSuchUser()
}

function unreadable({ status, detail }: Extract<JsonBody, { kind: 'wrong' }>): HttpReply {
  return scimError(status, detail, status === 400 ? { scimType: 'invalidSyntax' } : {})
}
