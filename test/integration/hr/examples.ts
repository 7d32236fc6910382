import { type PersonState, personKey } from '../../../lib/core/returns.ts'
import { HR_SYSTEMS } from '../../../lib/senders/hr/systems.ts'
import type { HrTransport } from '../../../lib/senders/hr/transport.ts'
import { parseJson } from '../../../lib/words/body.ts'
import { leavingInstantOf } from '../../../lib/words/day-boundary.ts'
import { activeMember } from '../../support/cases.ts'
import { openHrDesk } from './hr-desk.ts'

/** What HR answers to a request such as `GET /v1/employees/201`, whatever is in its query. */
export type Scripted = { readonly request: string; readonly status: number; readonly json: unknown }
/** An event of an HR system, what it answers when asked, and whom that means. */
export type Example = {
  readonly id: string
  readonly system: string
  readonly secret: string | null
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  readonly meaning: 'departed' | 'scheduled' | 'returned' | 'not_leaving' | 'needs_lookup'
  readonly lookup_reply: Scripted | readonly Scripted[] | null
  readonly expect: { readonly username: string | null; readonly effectiveAt: string | null }
}

const BOUNDARIES: Readonly<Record<string, { timeZone: string; accessEnds: 'day_begins' | 'day_ends' }>> = {
  hibob: { timeZone: 'Europe/Berlin', accessEnds: 'day_begins' },
  bamboohr: { timeZone: 'America/Denver', accessEnds: 'day_begins' },
  personio: { timeZone: 'UTC', accessEnds: 'day_ends' },
}

/** Answers as the example says, whatever else than a cursor a question has in its query. */
function scripted(replies: readonly Scripted[]): HrTransport {
  return async ({ path }) => {
    const [plain = ''] = path.split('?')
    if (plain.endsWith('/auth/token')) return reply(200, { access_token: 'token', expires_in: 3_600 })
    const said = replies.find(
      ({ request }) => plain.endsWith(tailOf(request)) && cursorIn(request) === cursorIn(path),
    )
    // As it would come over the wire: a field that is `undefined` is not there.
    return said ? reply(said.status, parseJson(JSON.stringify(said.json ?? ''))) : reply(404, undefined)
  }
}

function cursorIn(request: string): string | undefined {
  return /[?&]cursor=(\w+)/.exec(request)?.[1]
}

function reply(status: number, body: unknown) {
  return { kind: 'reply', status, headers: {}, body } as const
}

/** `employees/201` of `GET /api/v1/employees/201?fields=…` */
function tailOf(request: string): string {
  const [, path = ''] = request.split(' ')
  return path.replace(/\?.*$/, '').replace(/^.*\/v\d\//, '')
}

/** Sends an example through the door and the queue, with the person whom it names in Atlas. */
export async function play(example: Example) {
  const { system, secret, body, headers, lookup_reply: said } = example
  const { timeZone, accessEnds } = BOUNDARIES[system] ?? { timeZone: 'UTC', accessEnds: 'day_begins' }
  const parts = Object.fromEntries((HR_SYSTEMS.get(system)?.credential ?? []).map((part) => [part, 'acme']))
  const isEntra = system === 'entra'
  const desk = openHrDesk({
    now: new Date(instantIn(example).getTime() + 1_000),
    systems: isEntra ? '' : `${system}=${timeZone}:${accessEnds}`,
    credentials: new Map([[system, { origin: HR_SYSTEMS.get(system)?.origins[0] ?? '', parts }]]),
    secrets: isEntra ? { 'entra-leavers': ENTRA.authorization } : { [system]: secret ?? '' },
    transport: scripted([said ?? []].flat()),
  })
  const { username } = example.expect
  if (username !== null) desk.rig.people = [activeMember({ username })]
  const status = isEntra
    ? await desk.post('entra-leavers', body, { ...headers, ...ENTRA })
    : await desk.post(system, body, headers)
  await desk.work()
  // What shows no leaving is asked about once more.
  if ((await desk.cases()).length === 0) await desk.pass(60_000)
  const cases = await desk.cases()
  const back = username === null ? undefined : await desk.rig.memory<PersonState>(personKey(username))
  return { desk, status, cases, back }
}

/** When the event happened, as it says itself. */
function instantIn({ body, headers }: Pick<Example, 'body' | 'headers'>): Date {
  const seconds = headers['x-bamboohr-timestamp']
  if (seconds !== undefined) return new Date(Number(seconds) * 1_000)
  const { triggeredAt, occurred_at: occurredAt, data } = Object(parseJson(body))
  const bobs = triggeredAt && `${triggeredAt.slice(0, 19)}Z`
  const at = new Date(bobs ?? occurredAt ?? data?.taskProcessingResult?.createdDateTime)
  return Number.isNaN(at.getTime()) ? new Date('2026-11-29T12:00:00Z') : at
}

/** Reads a date or an instant as the system means it. */
export function instantOf(system: string, text: string): Date {
  const boundary = BOUNDARIES[system]
  return /^\d{4}-\d\d-\d\d$/.test(text) && boundary ? leavingInstantOf(text, boundary) : new Date(text)
}

/** A Logic App hands the event on, with a value of its own in `Authorization`. */
export const ENTRA = { authorization: 'a value that the Logic App sends' }

/** Signs the webhooks. */
export const SECRET = 'the secret of a webhook'
export const ADA = 'ada@example.com'

/** What becomes of Ada: the outcomes of her cases, notices to humans, and whether she is still in. */
export async function ends(example: Pick<Example, 'system' | 'headers' | 'body' | 'lookup_reply'>) {
  const { desk, status, cases } = await play({
    ...{ id: 'ada', secret: SECRET, meaning: 'departed', ...example },
    expect: { username: ADA, effectiveAt: null },
  })
  const outcomes = cases.map(({ state: { outcome } }) =>
    outcome && 'reason' in outcome ? `${outcome.kind}: ${outcome.reason}` : outcome?.kind,
  )
  const effective = cases.map(({ state }) => state.departure.effectiveAt?.toISOString())
  const codes = JSON.stringify(desk.rig.published).match(/"code":"[^"]+"/g) ?? []
  return {
    status,
    outcomes,
    effective,
    codes,
    isIn: desk.rig.people.length === 1,
    rejected: desk.rig.rejected,
  }
}

export const REMOVED = { outcomes: ['removed'], isIn: false }
export const HELD = { outcomes: ['held: unresolved_employee'], isIn: true }
export const NOTHING = { outcomes: [], isIn: true, codes: [] }
/** HR is asked again, and humans are told why. */
export const asked = (code: string) => ({ outcomes: [], isIn: true, codes: [`"code":"${code}"`] })
