import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { type PersonState, personKey } from '../../../lib/core/returns.ts'
import { HR_SYSTEMS } from '../../../lib/senders/hr/systems.ts'
import type { HrTransport } from '../../../lib/senders/hr/transport.ts'
import { leavingInstantOf } from '../../../lib/words/day-boundary.ts'
import { activeMember } from '../../support/cases.ts'
import { openHrDesk } from './hr-desk.ts'

/** Events as HR systems send them, beside the project; nothing of them is copied into it. */
const FILE = join(import.meta.dirname, '../../../../shared/hr-events.json')

type Scripted = { readonly request: string; readonly status: number; readonly json: unknown }
type Example = {
  readonly id: string
  readonly system: string
  readonly secret: string | null
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  readonly meaning: 'departed' | 'scheduled' | 'returned' | 'not_leaving' | 'needs_lookup'
  readonly lookup_reply: Scripted | readonly Scripted[] | null
  readonly expect: { readonly username: string | null; readonly effectiveAt: string | null }
}

const EXAMPLES: readonly Example[] = existsSync(FILE) ? JSON.parse(readFileSync(FILE, 'utf8')).events : []
const BOUNDARIES: Readonly<Record<string, { timeZone: string; endOfDay: 'last_day' | 'day_after' }>> = {
  hibob: { timeZone: 'Europe/Berlin', endOfDay: 'last_day' },
  bamboohr: { timeZone: 'America/Denver', endOfDay: 'last_day' },
  personio: { timeZone: 'UTC', endOfDay: 'day_after' },
}

/** Answers as the example says, whatever else a question has in its query. */
function scripted(replies: readonly Scripted[]): HrTransport {
  return async ({ path }) => {
    const [plain = ''] = path.split('?')
    if (plain.endsWith('/auth/token')) return reply(200, { access_token: 'token', expires_in: 3_600 })
    const said = replies.find(({ request }) => plain.endsWith(tailOf(request)))
    return said ? reply(said.status, said.json ?? undefined) : reply(404, undefined)
  }
}

function reply(status: number, body: unknown) {
  return { kind: 'reply', status, headers: {}, body } as const
}

/** `employees/201` of `GET /api/v1/employees/201?fields=…` */
function tailOf(request: string): string {
  const [, path = ''] = request.split(' ')
  return path.replace(/\?.*$/, '').replace(/^.*\/v\d\//, '')
}

async function play(example: Example) {
  const { system, secret, body, headers, lookup_reply: said } = example
  const { timeZone, endOfDay } = BOUNDARIES[system] ?? { timeZone: 'UTC', endOfDay: 'last_day' }
  const parts = Object.fromEntries((HR_SYSTEMS.get(system)?.credential ?? []).map((part) => [part, 'acme']))
  const isEntra = system === 'entra'
  const desk = openHrDesk({
    now: new Date(instantIn(body).getTime() + 1_000),
    systems: isEntra ? '' : `${system}=${timeZone}:${endOfDay}`,
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
  const cases = await desk.cases()
  const back = username === null ? undefined : await desk.rig.memory<PersonState>(personKey(username))
  return { desk, status, cases, back }
}

/** When the event happened, as it says itself. */
function instantIn(body: string): Date {
  const { timestamp, triggeredAt, occurred_at: occurredAt, data } = JSON.parse(body)
  const entras = data?.taskProcessingResult?.createdDateTime
  const text =
    timestamp?.replace('+0000', 'Z') ??
    (triggeredAt && `${triggeredAt.slice(0, 19)}Z`) ??
    occurredAt ??
    entras
  return new Date(text)
}

function instantOf(system: string, text: string): Date {
  const boundary = BOUNDARIES[system]
  return /^\d{4}-\d\d-\d\d$/.test(text) && boundary ? leavingInstantOf(text, boundary) : new Date(text)
}

/** A Logic App hands the event on, with a value of its own in `Authorization`. */
const ENTRA = { authorization: 'a value that the Logic App sends' }

const played = EXAMPLES.filter(({ system }) => HR_SYSTEMS.has(system) || system === 'entra')

describe.skipIf(EXAMPLES.length === 0)('examples beside the project, through the door and the queue', () => {
  test.each(played)('$id ends as it says: $meaning', async (example) => {
    const { status, cases, back } = await play(example)
    const { username, effectiveAt } = example.expect

    expect(status).toBe(204)
    switch (example.meaning) {
      case 'departed':
        expect(cases.map(({ state }) => [state.departure.username, state.outcome?.kind])).toEqual([
          [username, 'removed'],
        ])
        break
      case 'scheduled':
        expect(cases.map(({ state }) => [state.departure.username, state.outcome])).toEqual([
          [username, { kind: 'scheduled', nextAttemptAt: instantOf(example.system, effectiveAt ?? '') }],
        ])
        break
      case 'returned':
        expect(cases).toEqual([])
        expect(Object.keys(back?.returns ?? {})).toEqual([`hr/${example.system}`])
        break
      case 'not_leaving':
        expect([cases, back]).toEqual([[], undefined])
        break
      case 'needs_lookup':
        expect(cases.map(({ state }) => state.outcome)).toEqual([
          { kind: 'held', reason: 'unresolved_employee' },
        ])
        if (username !== null) expect(cases[0]?.state.departure.username).toBe(username)
        break
    }
    if (effectiveAt !== null && HR_SYSTEMS.has(example.system))
      expect(cases[0]?.state.departure.effectiveAt).toEqual(instantOf(example.system, effectiveAt))
  })

  test('are there for every system that we know', () => {
    expect(new Set(played.map(({ system }) => system))).toEqual(new Set([...HR_SYSTEMS.keys(), 'entra']))
  })
})
