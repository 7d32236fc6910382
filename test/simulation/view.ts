import type { AtlasRequest } from '../../lib/atlas/transport.ts'
import type { Item } from '../../lib/aws/table.ts'
import { SOURCES } from '../../lib/core/sources.ts'
import type { IoCall } from '../support/faulty-io.ts'
import type { Message } from '../support/in-memory-aws.ts'
import type { Stage } from './stage.ts'

/** Tells calls apart by what could be seen of the world when they were made. */
export type Viewer = {
  /**
   * The same number as at another call if both are the same step of the same work in an equal world: the same calls with the same
   * fates led to it, equal work is in flight elsewhere, and what is stored, queued, a member of Atlas and still to come in the story
   * is equal. An instant counts by which of the product's limits it has passed, the name of a worker by whether it lives.
   */
  see(call: IoCall, fault: string): number
}

const numbers = new Map<string, number>()

/** Before another story: nothing in it looks like anything before. */
export function forgetViews(): void {
  numbers.clear()
}

/** Equal texts have one number. */
function numberOf(text: string): number {
  const known = numbers.get(text)
  if (known !== undefined) return known
  numbers.set(text, numbers.size)
  return numbers.size - 1
}

/** Watches one run. @param pending - what the story will do, and when */
export function viewer({ world, options, truth, pending }: Stage): Viewer {
  const orgs = (options.orgIds ?? [undefined]).map((orgId) => world.org(orgId))
  /** Worker → the invocation that it does, and what it knows from its calls so far. */
  const works = new Map<string, Work>()
  const { dead, frozen, outages, ended } = world.fates

  function workOf({ worker, invocation }: IoCall): Work {
    const known = works.get(worker)
    if (known?.invocation === invocation) return known
    const begun: Work = { invocation, answers: new Map(), path: 0 }
    works.set(worker, begun)
    return begun
  }

  /** What was asked again is known by its last answer. What opens Atlas is known to whoever asks Atlas. */
  function note(work: Work, call: IoCall, fault: string): void {
    const { role, service, operation, input } = call
    const isOpening = operation === 'token' || service === 'secrets'
    if (isOpening && fault === '') return
    if (role === 'sweep' || input === SOURCES || Reflect.get(Object(input), 'pk') === SOURCES) return
    const asked = `${role} ${service}.${operation} ${askedIn(service, input)}`
    work.answers.set(asked, numberOf(`${asked} ${fateOf(call, fault)}`))
    work.path = numberOf([...work.answers.values()].sort().join())
  }

  function othersThan(caller: string): string {
    const paths: number[] = []
    for (const [worker, { path, invocation }] of works)
      if (worker !== caller && !dead.has(worker) && ended.get(worker) !== invocation)
        paths.push(frozen.has(worker) ? -path : path)
    return paths.sort().join()
  }

  return {
    see(call, fault) {
      const now = world.time.now().getTime()
      const work = workOf(call)
      const view = [
        work.path,
        call.role,
        call.operation,
        askedIn(call.service, call.input),
        othersThan(call.worker),
        world.table
          .all()
          .filter(isSeen)
          .map((item) => itemAt(item, now, frozen, dead))
          .sort()
          .join(),
        world.aws.messages
          .map((message) => messageAt(message, now))
          .sort()
          .join(),
        orgs.map(atlasNumber).join(),
        [...outages].join(),
        pending
          .map((at) => ageOf(at - now))
          .sort()
          .join(),
        `${truth.acts.length} ${truth.departures.length} ${truth.returns.length} ${world.aws.rejected.length}`,
      ]
      note(work, call, fault)
      return numberOf(view.join('|'))
    },
  }
}

/** What an invocation asked, and what became of it. */
type Work = { readonly invocation: number; readonly answers: Map<string, number>; path: number }

/** How an answer looks to the caller: most failures are one and the same. */
function fateOf({ service }: IoCall, fault: string): string {
  const isAnswered = fault === '' || /^(frozen|parked|others)/.test(fault)
  return isAnswered || service === 'atlas' ? fault : 'failed'
}

type Input = IoCall['input']

/** What a call asks for, without what it writes: that shows in the next view. */
function askedIn(service: IoCall['service'], input: Input): string {
  if (typeof input === 'string') return input
  if (service === 'atlas') {
    const { orgId, userId = '', groupId = '', query = [] } = input as AtlasRequest
    return [
      orgId,
      userId,
      groupId,
      ...query.flatMap(([name, value]) => (STATED.has(name) ? [value] : [])),
    ].join()
  }
  if (service === 'queue') return String((input as { Entries?: readonly unknown[] }).Entries?.length)
  if (service === 'bus') return String((input as { Entries?: readonly unknown[] }).Entries?.length)
  if (service === 'secrets') return String((input as { SecretId?: string }).SecretId)
  if (Array.isArray(input)) return input.join()
  const { pk, index, hash } = input as {
    readonly pk?: string
    readonly index?: string
    readonly hash?: string
  }
  return pk ?? `${index} ${hash}`
}

const STATED: ReadonlySet<string> = new Set(['username', 'pageNum'])

type Org = ReturnType<Stage['world']['org']>
const memberNumbers = new WeakMap<Org['members'], number>()

function atlasNumber({
  members,
  projects,
  events,
  clientSecret,
  isReadOnly,
  hasEndedInvitations,
}: Org): string {
  const known = memberNumbers.get(members) ?? numberOf(JSON.stringify(members))
  memberNumbers.set(members, known)
  const invites = projects.map((project) => `${project.invites.length}${project.isClosed}`).join()
  return `${known} ${invites} ${events.length} ${clientSecret} ${isReadOnly} ${hasEndedInvitations}`
}

function messageAt({ body, visibleAt, receiveCount }: Message, now: number): number {
  return numberOf(`${numberOf(body)} ${ageOf(visibleAt.getTime() - now)} ${receiveCount > 0}`)
}

const VARYING = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z|worker-\d+-0\.\d+(?:e-\d+)?|\b1[78]\d{11}\b/g

/** What only counts or explains: how many attempts there were, and why the last one could not be made. */
const COUNTED =
  /"(?:attempts|deferrals|sequence)":\d+,?|(?<=\/)\d+(?=\n|$)|"code":"(?:ECONNRESET|TIMEOUT|RATE_LIMITED|SERVICE_UNAVAILABLE|HTTP_\d+|[A-Z]*UNREADABLE[A-Z_]*)"/g

/** Signs of life decide nothing about anybody. */
function isSeen({ pk }: Item): boolean {
  return pk !== SOURCES
}

type Split = { readonly fixed: number; readonly instants: readonly number[]; readonly owner?: string }
type Rendered = { readonly from: number; readonly until: number; readonly number: number }
const splits = new WeakMap<Item, Split>()
const rendered = new WeakMap<Item, Rendered>()

function itemAt(
  item: Item,
  now: number,
  frozen: ReadonlyMap<string, number>,
  dead: ReadonlySet<string>,
): string {
  const split = splits.get(item) ?? splitOf(item)
  const { owner } = split
  const known = rendered.get(item)
  const number = known && known.from <= now && now < known.until ? known.number : renderedAt(item, split, now)
  if (owner === undefined) return `${number}`
  return `${number}${dead.has(owner) ? 'dead' : frozen.has(owner) ? 'frozen' : ''}`
}

function renderedAt(item: Item, { fixed, instants }: Split, now: number): number {
  const number = numberOf(`${fixed} ${instants.map((at) => ageOf(at - now)).join('')}`)
  const until = Math.min(
    ...instants.map((at) => at - (LIMITS.findLast((limit) => limit < at - now) ?? -Infinity)),
  )
  rendered.set(item, { from: now, until, number })
  return number
}

function splitOf(item: Item): Split {
  const { pk, body, keys, outbox } = item
  const text = [pk, body, ...Object.keys(keys), ...Object.keys(outbox.effects)].join('\n')
  const instants: number[] = []
  let owner: string | undefined
  const fixed = text.replace(COUNTED, '').replace(VARYING, (one) => {
    if (one.startsWith('worker')) owner = one.slice(0, one.indexOf('-0.'))
    else instants.push(one.startsWith('1') ? Number(one) : Date.parse(one))
    return ''
  })
  const split = { fixed: numberOf(fixed), instants, ...(owner && { owner }) }
  splits.set(item, split)
  return split
}

const MINUTE = 60_000
const HOUR = 60 * MINUTE
/** What the product measures by: an event's age, a day of the window, when joins are asked for, a cache, a lock, SQS's longest delay. */
const LIMITS = [-72 * HOUR, -24 * HOUR, -15 * MINUTE, 0, 2 * MINUTE, 15 * MINUTE]

function ageOf(ms: number): string {
  return String.fromCharCode(97 + LIMITS.findIndex((limit) => ms <= limit))
}
