import { deliver } from '../../lib/core/receive.ts'
import { clearLeftovers } from '../../lib/leftovers/clear-leftovers.ts'
import { caseIdOf } from '../../lib/words/case.ts'
import { departureBody, ORG_ID, usernameOf } from './leavers.ts'
import type { Figure } from './measure.ts'
import { virtualSystem } from './virtual-system.ts'

const MINUTE_MS = 60_000
const PROJECTS = 30
const LEAVERS = 20
const USERS = ['listOrgUsers', 'getOrgUser', 'removeOrgUser', 'listOrgEvents']
const LEFTOVERS = ['getOrgGroups', 'listGroupInvites', 'deleteGroupInvite', 'listGroupDatabaseUsers']

/** What looking for leftovers adds to a removal, on an organization of thirty projects: requests, and no time to revoke. */
export async function measure(): Promise<readonly Figure[]> {
  const [without, looking] = [await leave('off'), await leave('report')]
  const [first = 0, ...others] = looking.leftovers
  return [
    {
      name: `requests for leftovers, ${PROJECTS} projects`,
      value: first,
      unit: 'requests',
      atMost: 1 + 2 * PROJECTS,
    },
    {
      name: 'the same while the list of projects is cached',
      value: Math.max(...others.slice(0, 5)),
      unit: 'requests',
      atMost: 2 * PROJECTS,
    },
    {
      name: 'requests per removal, leftovers looked for',
      value: Math.max(...looking.removals),
      unit: 'requests',
      atMost: 3,
    },
    {
      name: 'time to revoke, leftovers looked for over not',
      value: looking.revokedMs / without.revokedMs,
      unit: 'x',
      atMost: 1.05,
      note: `mean of ${LEAVERS} removals, ${looking.revokedMs.toFixed(0)} over ${without.revokedMs.toFixed(0)} ms in virtual time`,
    },
  ]
}

async function leave(leftovers: 'off' | 'report') {
  const projects = Array.from({ length: PROJECTS }, (_, index) => ({
    id: index.toString(16).padStart(24, 'a'),
    name: `project ${index}`,
  }))
  const system = await virtualSystem({
    leavers: LEAVERS,
    rateLimits: 'off',
    settings: { leftovers },
    projects,
  })
  const { time, atlas, environment } = system
  const deps = environment()
  const asked = (operations: readonly string[]) =>
    operations.map(atlas.count).reduce((sum, one) => sum + one, 0)
  const inTime = () => new Date(time.now().getTime() + MINUTE_MS)
  const seen = { leftovers: [] as number[], removals: [] as number[] }
  let revokedMs = 0
  for (let leaver = 0; leaver < LEAVERS; leaver += 1) {
    const before = { users: asked(USERS), leftovers: asked(LEFTOVERS) }
    const occurredAt = time.now()
    const body = departureBody(leaver, occurredAt)
    await time.run(deliver(deps, { Records: [{ messageId: `m-${leaver}`, body }] }, inTime()))
    seen.removals.push(asked(USERS) - before.users)
    const id = caseIdOf(
      { id: `sqs:bench-${leaver}`, source: 'sqs', username: usernameOf(leaver), occurredAt },
      ORG_ID,
    )
    const kase = await time.run(deps.ledger.read(id))
    if (kase?.outcome?.kind !== 'removed')
      throw new Error('Cannot measure leftovers: not everybody was removed')
    revokedMs += (kase.outcome.revokedAt.getTime() - occurredAt.getTime()) / LEAVERS
    await time.run(clearLeftovers(deps, id, inTime()))
    seen.leftovers.push(asked(LEFTOVERS) - before.leftovers)
  }
  return { ...seen, revokedMs }
}
