import { expect, test } from 'vitest'
import { checkCredential } from '../../../lib/core/check-credential.ts'
import { SOURCES, withLastEvent, withSettings } from '../../../lib/core/sources.ts'
import { activeMember, ORG } from '../../support/cases.ts'
import { refusal } from '../../support/in-memory-atlas.ts'
import type { WorldOptions } from '../../support/world.ts'
import { startDesk } from './desk.ts'

const HOUR = 3_600_000

function deskWith(options: WorldOptions = {}) {
  const desk = startDesk(options)
  desk.world.org(ORG).members = [activeMember()]
  return desk
}

type Desk = ReturnType<typeof deskWith>

/** What the departures function does every hour. */
async function tried({ world }: Desk) {
  const { deps } = world.worker()
  await world.time.run(checkCredential(deps, ORG, new Date(deps.clock.now().getTime() + 60_000)))
}

/** What a message received under these settings leaves behind. */
async function received(
  { world }: Desk,
  source: string,
  settings: Partial<Parameters<typeof withSettings>[1]> = {},
) {
  const { deps } = world.worker()
  const all = { ...deps.settings, ...settings }
  const at = deps.clock.now()
  await world.time.run(
    deps.ledger.change(SOURCES, (state) => ({
      state: withSettings(withLastEvent(state as never, source, at), all, at),
    })),
  )
}

/** The lines of one check, without what lies between columns. */
function linesOf(out: string, check: string): string {
  const lines = out.split('\n')
  const at = lines.findIndex((line) => line.includes(check))
  const below = lines[at + 1]?.startsWith(' ') ? ` ${lines[at + 1]?.trim()}` : ''
  return `${lines[at]}${below}`.replace(/\s+/g, ' ').trim()
}

test('a sound installation has nothing wrong, and `preflight` says what nobody can know', async () => {
  const desk = deskWith()
  await tried(desk)
  await received(desk, 'atlas-offboarding-prod.canary')
  await received(desk, 'okta')

  const { status, out } = await desk.run('preflight')

  expect(status).toBe(0)
  expect(linesOf(out, ' place')).toMatch(/^ok place atlas-offboarding-prod in account \d{12}, eu-west-1$/)
  expect(linesOf(out, 'parameters')).toMatch(
    /^ok parameters mode enforce, maxRemovalsPerDay \d+, maxRemovalsPercent \d+, protectedUsernames 0, fourEyes/,
  )
  expect(linesOf(out, 'read credential')).toBe(`ok read credential of ${ORG} secret read, members listed`)
  expect(linesOf(out, 'owner credential')).toMatch(/^ok owner .*; only a removal proves Organization Owner$/)
  expect(linesOf(out, 'sources')).toMatch(
    /^ok sources okta; the canary's daily dry run came (\d+|less than 1) s ago$/,
  )
  expect(linesOf(out, 'alerts')).toMatch(/^not known alerts .* next: atlas-offboarding test-alert$/)
  expect(out).toMatch(/7 ok, 0 wrong, 1 not known, at 2026-11-16T/)
})

test('`preflight` has an owner credential tried that nobody tried for hours', async () => {
  const desk = deskWith()
  await tried(desk)
  await desk.world.runUntil(new Date(desk.world.time.now().getTime() + 1_000))
  const old = desk.world.time.now()
  const { deps } = desk.world.worker()
  await desk.world.time.run(
    deps.ledger.change(`org#${ORG}`, (state) => {
      const checkedAt = new Date(old.getTime() - 3 * HOUR)
      return { state: { ...(state as object), credential: { okAt: checkedAt, checkedAt } } }
    }),
  )

  const { status, out } = await desk.run('preflight')

  expect(status).toBe(0)
  expect(linesOf(out, 'owner credential')).toMatch(
    /^ok owner credential of \w+ listed members (\d+|less than 1) s ago/,
  )
})

test('whoever may only read is told what to type for an owner credential that nobody tried', async () => {
  const desk = deskWith()
  desk.broken.add('operator')

  const { status, out } = await desk.run('preflight')

  expect(status).toBe(0)
  expect(linesOf(out, 'owner credential')).toMatch(
    /^not known .*(never tried|listed members).* next: atlas-offboarding retry --org \w{24}$/,
  )
})

test.each([
  [
    403,
    'IP_ADDRESS_NOT_ON_ACCESS_LIST',
    'wrong',
    /add the NAT gateway's address to the service account's access list/,
  ],
  [401, 'INVALID_CLIENT', 'wrong', /look up INVALID_CLIENT in the runbook/],
  [503, 'SERVICE_UNAVAILABLE', 'not known', /look up SERVICE_UNAVAILABLE/],
] as const)('%i %s: both credentials are %s, with the remedy', async (http, code, verdict, mend) => {
  const desk = deskWith({
    faultFor: ({ service }) =>
      service === 'atlas' ? { kind: 'reply', reply: refusal(http, code) } : undefined,
  })
  await tried(desk)

  const { status, out } = await desk.run('preflight')

  expect(status).toBe(verdict === 'wrong' ? 1 : 0)
  for (const check of ['read credential', 'owner credential']) {
    expect(linesOf(out, check)).toContain(`${verdict} ${check} of ${ORG}`)
    expect(linesOf(out, check)).toContain(code)
    expect(linesOf(out, check)).toMatch(mend)
  }
})

test('a name that the last deployment left unprotected is wrong for a week, and named', async () => {
  const desk = deskWith()
  await tried(desk)
  await received(desk, 'okta', { protectedUsernames: ['glass@example.com'], maxRemovalsPerDay: 99 })

  const lost = await desk.run('preflight')
  await received(desk, 'okta')
  const stillLost = await desk.run('preflight')

  for (const { status, out } of [lost, stillLost]) {
    expect(status).toBe(1)
    expect(linesOf(out, 'protection')).toBe(
      'wrong protection protected before and not now: glass@example.com to do: if that was not meant: add them to protectedUsernames and deploy',
    )
    expect(linesOf(out, 'last deployment')).toMatch(
      /^ok last deployment changed maxRemovalsPerDay \d+, was 99; protectedUsernames 0, was 1$/,
    )
  }
})

test('an installation that fell back to observe mode is wrong', async () => {
  const desk = deskWith({ settings: { mode: 'observe' } })
  await tried(desk)
  await received(desk, 'okta', { mode: 'enforce' })

  const { status, out } = await desk.run('preflight')

  expect(status).toBe(1)
  expect(linesOf(out, 'last deployment')).toMatch(
    /^wrong .* changed mode observe, was enforce.* set mode to enforce and deploy$/,
  )
})

test('an installation that lost the need for two people is wrong', async () => {
  const desk = deskWith()
  await tried(desk)
  await received(desk, 'okta', { fourEyes: true })

  const { status, out } = await desk.run('preflight')

  expect(status).toBe(1)
  expect(linesOf(out, 'last deployment')).toMatch(
    /^wrong .* fourEyes off, was on .* set fourEyes to on and deploy$/,
  )
})

test('a pause is wrong, with the act that ends it', async () => {
  const desk = deskWith()
  await tried(desk)
  await desk.run('pause --because HR-1')

  const { status, out } = await desk.run('preflight')

  expect(status).toBe(1)
  expect(linesOf(out, 'stops of all')).toMatch(/^wrong .* next: atlas-offboarding resume --because WHY$/)
})
