/**
 * Writes the stack that an upgrade test reads: ledger, queues and Atlas of this version at a moment when nearly everything that can be
 * open is open. `node test/integration/upgrade/record.ts`; a released version's file is never written again.
 */
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { AttributeValue } from '@aws-sdk/client-dynamodb'
import { mapsOf, toAttributes } from '../../../lib/aws/item-attributes.ts'
import type { Item } from '../../../lib/aws/table.ts'
import { day } from '../../../lib/sweep/day.ts'
import { hour } from '../../../lib/sweep/hour.ts'
import { eventBridgeEnvelope, oktaDeactivation, oktaUser, snsNotification } from '../../fixtures/events.ts'
import { departure, later, ORG, OTHER_ORG } from '../../support/cases.ts'
import { enqueue, type Message } from '../../support/in-memory-aws.ts'
import { encodeWork } from '../../support/work-message.ts'
import { createWorld, type World } from '../../support/world.ts'
import { MEMBERS, nameOf, ORGS, type RecordedStack, SETTINGS, THIRD_ORG } from './stack.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE

/** Plays until everything is open. */
async function play(): Promise<World> {
  let crashes = false
  const world = createWorld({
    orgIds: ORGS,
    settings: SETTINGS,
    faultFor: ({ operation }) => {
      const isHit = crashes && operation === 'removeOrgUser'
      crashes &&= !isHit
      return isHit ? { kind: 'crash', when: 'after' } : undefined
    },
  })
  world.org().projects = [{ id: 'b0123456789abcdef0123456', name: 'billing', invites: [], databaseUsers: [] }]
  for (const orgId of ORGS) world.org(orgId).members = [...MEMBERS]
  world.org(OTHER_ORG).clientSecret = 'mdb_sa_sk_rotated'
  const passing = (ms: number) => world.runUntil(new Date(world.time.now().getTime() + ms))
  const leaves = (name: string, more: Partial<Parameters<typeof departure>[0]> = {}) =>
    world.depart(departure({ id: `okta:${name}`, username: nameOf(name), orgIds: [ORG], ...more }))
  const acts = (request: object) => world.time.run(world.operate(request))

  leaves('removed')
  leaves('absent')
  leaves('dry-run', { dryRun: true })
  leaves('owner')
  leaves('alias')
  leaves('scheduled', { effectiveAt: later(3 * 24 * HOUR) })
  leaves('credential', { orgIds: [OTHER_ORG] })
  leaves('back', { effectiveAt: later(2 * 24 * HOUR) })
  await passing(5 * MINUTE)
  const back = { id: 'okta:back-2', source: 'okta', username: nameOf('back'), occurredAt: world.time.now() }
  enqueue(world.aws, encodeWork({ kind: 'return', return: back }), world.time.now())
  world.hr.refuses = 500
  const reference = { source: 'hr/hibob', employeeId: '7', username: nameOf('hr') }
  const asked = { ...reference, id: 'hr/hibob:e-1', event: 'employee.left', says: 'left' } as const
  enqueue(world.aws, encodeWork({ kind: 'reference', reference: asked }), world.time.now())
  await passing(5 * MINUTE)
  for (const job of [hour, day] as const)
    await world.time.run(
      job(world.worker('sweep').deps as never, new Date(world.time.now().getTime() + MINUTE)),
    )
  const owner = world.cases().find(({ state }) => state.departure.username === nameOf('owner'))
  await acts({ action: 'release', rule: 'privileged', cases: [owner?.id], because: 'HR-1042' })
  await acts({ action: 'legal-hold', username: nameOf('removed'), because: 'HR-7' })
  for (const name of ['over-limit', 'over-limit-2', 'over-limit-3'])
    leaves(name, { occurredAt: world.time.now() })
  await passing(5 * MINUTE)
  world.outages.add('bus')
  const over = world
    .cases()
    .find(({ state }) => state.outcome?.kind === 'held' && state.outcome.reason === 'mass_removal')
  await acts({ action: 'release', rule: 'mass_removal', cases: [over?.id], because: 'HR-8' })
  crashes = true
  leaves('interrupted', { orgIds: [THIRD_ORG], occurredAt: world.time.now() })
  await passing(20_000)
  return world
}

/** What nobody has received yet, on each of the three queues. */
function waiting(world: World): readonly Pick<Message, 'body' | 'by'>[] {
  const at = world.time.now().toISOString()
  const hired = {
    id: 'scim/entra:r-1',
    source: 'scim/entra',
    username: nameOf('work'),
    occurredAt: world.time.now(),
  }
  const okta = oktaDeactivation({
    published: at,
    uuid: 'okta-events',
    target: [oktaUser(nameOf('events'))],
  } as never)
  return [
    { body: JSON.stringify(eventBridgeEnvelope(okta)), by: { channel: 'events' } },
    {
      body: JSON.stringify(snsNotification({ username: nameOf('topic'), orgIds: [ORG] })),
      by: { channel: 'topic' },
    },
    {
      body: encodeWork({ kind: 'departure', departure: { ...hired, orgIds: [ORG] } }),
      by: { channel: 'work', role: 'http' },
    },
    ...world.aws.messages.map(({ body }) => ({ body })),
  ]
}

/** An item as DynamoDB holds it. */
function stored({ outbox, digests, ...item }: Item): Record<string, AttributeValue> {
  return {
    ...toAttributes(item),
    ...mapsOf(outbox.effects, digests),
    ...(outbox.mark && { mark: { S: outbox.mark }, outboxKey: { S: 'outbox' } }),
    ...(outbox.since && { outboxAt: { S: outbox.since } }),
  }
}

const world = await play()
const stack: RecordedStack = {
  at: world.time.now(),
  items: world.table.items().map(stored),
  messages: waiting(world),
  members: Object.fromEntries(ORGS.map((orgId) => [orgId, world.org(orgId).members])),
}
const folder = join(import.meta.dirname, '../../fixtures', process.argv[2] ?? '')
const file = join(folder, 'stack.json')
await mkdir(folder, { recursive: true })
await writeFile(file, `${JSON.stringify(stack, undefined, 1)}\n`)
console.log(`${file}: ${stack.items.length} items, ${stack.messages.length} messages`)
