import fc from 'fast-check'
import { expect, test } from 'vitest'
import { idOf } from '../../../lib/doors/scim/person-id.ts'
import { activeMember } from '../../support/cases.ts'
import { type Http, httpOf, queued, type Request, slowHttpOf } from '../../support/http.ts'
import { createWorld, type Fault, type World } from '../../support/world.ts'

const ADA = activeMember()
const BOB = activeMember({ userId: '5e4bc367c6b0f41b00000002', username: 'bob@example.com' })
const url = `/scim/v2/Users/${idOf('ada@example.com')}`
const OUT = { method: 'PATCH', url, body: { Operations: [{ op: 'replace', value: { active: false } }] } }
const IN = { method: 'PUT', url, body: { active: true } }
const DELETE = { method: 'DELETE', url }
const GET = { method: 'GET', url }
const CREATE = {
  method: 'POST',
  url: '/scim/v2/Users',
  body: { userName: 'ada@example.com', active: true },
}
const MINUTE = 60_000

async function passes(world: World, ms: number) {
  await world.runUntil(new Date(world.time.now().getTime() + ms))
}

/** Somebody invites Ada again, if she is out and nothing is under way: whoever is invited meanwhile is held, not removed. */
function invite(world: World) {
  const isIn = world.org().members.some(({ username }) => username === 'ada@example.com')
  const isUnderWay = queued(world).length > 0 || world.cases().some(({ closedAt }) => !closedAt)
  const invitationCreatedAt = world.time.now()
  const userId = `5e4bc367c6b0f41b0000${String(world.atlas.removed.length + 10).padStart(4, '0')}`
  if (!isIn && !isUnderWay) world.org().members = [activeMember({ userId, invitationCreatedAt }), BOB]
}

const step = fc.oneof(
  fc
    .constantFrom(OUT, IN, DELETE, GET)
    .map((request) => ({ name: request.method, do: (_: World, http: Http) => http.send(request) })),
  fc
    .integer({ min: 1, max: 20 * MINUTE })
    .map((ms) => ({ name: `${ms} ms`, do: (world: World) => passes(world, ms) })),
  fc.constant({ name: 'invite', do: async (world: World) => invite(world) }),
)

test('whatever a directory said before, its last word to deactivate gets the person out', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 8 }), async (steps) => {
      const world = createWorld({ settings: { maxRemovalsPerDay: 100, maxRemovalsPercent: 100 } })
      world.org().members = [ADA, BOB]
      const http = httpOf(world)
      for (const one of steps) await one.do(world, http)
      await http.send(OUT)
      await passes(world, 30 * MINUTE)

      expect(world.org().members).toEqual([BOB])
      expect(world.cases().filter(({ closedAt }) => !closedAt)).toEqual([])
    }),
    { numRuns: 200 },
  )
})

const words = fc.array(
  fc.record({
    request: fc.constantFrom<Request>(OUT, IN, DELETE, CREATE),
    pauseMs: fc.integer({ min: 500, max: 4_000 }),
  }),
  { minLength: 1, maxLength: 6 },
)
const delays = fc.array(fc.integer({ min: 0, max: 10_000 }), { minLength: 1, maxLength: 6 })

test('however long Atlas and the ledger take over the words of a directory, the last one that arrived counts', async () => {
  await fc.assert(
    fc.asyncProperty(words, delays, fc.boolean(), async (said, delaysMs, wasOutBefore) => {
      // More removals than members are begun here.
      const world = createWorld({ settings: { maxRemovalsPerDay: 100, maxRemovalsPercent: 1_000 } })
      world.org().members = [ADA, BOB]
      if (wasOutBefore) {
        await httpOf(world).send(OUT)
        await passes(world, 30 * MINUTE)
        invite(world)
        await passes(world, 30 * MINUTE)
      }
      // Nobody is removed before the last word.
      world.org().isReadOnly = true
      const staying = world.org().members
      let asked = 0
      let afterMs = 0
      const requests = said.map(({ request, pauseMs }) => {
        afterMs += pauseMs
        return { ...request, afterMs }
      })
      await slowHttpOf(world, () => delaysMs[asked++ % delaysMs.length] ?? 0).sendAll(requests)
      await passes(world, 10 * MINUTE)
      world.org().isReadOnly = false
      await passes(world, 60 * MINUTE)

      const last = said.at(-1)?.request
      expect(world.org().members).toEqual(last === OUT || last === DELETE ? [BOB] : staying)
      expect(world.cases().filter(({ closedAt }) => !closedAt)).toEqual([])
    }),
    { numRuns: 300 },
  )
})

const faults = fc.dictionary(
  fc.integer({ min: 0, max: 25 }).map(String),
  fc.constantFrom<Fault>({ kind: 'error', when: 'before' }, { kind: 'error', when: 'after' }),
  { maxKeys: 6 },
)

/** Asks again until it is done, as a directory does. */
async function untilAccepted(world: World, http: Http, request: Request) {
  for (let tries = 0; tries < 10; tries += 1) {
    const { status } = await http.send(request)
    if (status !== 429) return status
    await passes(world, MINUTE)
  }
  return undefined
}

test('whatever fails meanwhile, what was acknowledged is done, once', async () => {
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(OUT, DELETE), faults, async (request, failing) => {
      let calls = 0
      const world = createWorld({
        faultFor({ worker }) {
          if (worker !== 'http') return undefined
          calls += 1
          return failing[String(calls - 1)]
        },
      })
      world.org().members = [ADA, BOB]
      const http = httpOf(world)
      const status = await untilAccepted(world, http, request)
      await passes(world, 30 * MINUTE)

      // A DELETE whose answer was lost finds that it has been done.
      expect(request === DELETE ? [204, 404] : [200]).toContain(status)
      expect(world.org().members).toEqual([BOB])
      expect(world.atlas.removed).toHaveLength(1)
      expect(world.cases().filter(({ closedAt }) => !closedAt)).toEqual([])
    }),
    { numRuns: 200 },
  )
})
