import { deliver } from '../../lib/senders/deliver.ts'
import type { Case } from '../../lib/words/case.ts'
import { departureBody, recordOf, usernameOf } from './leavers.ts'
import type { Figure } from './measure.ts'
import { virtualSystem } from './virtual-system.ts'

const MINUTE_MS = 60_000
const PROJECTS = 30
const LEAVERS = 20
const USERS = ['listOrgUsers', 'getOrgUser', 'removeOrgUser', 'listOrgEvents']
const LEFTOVERS = ['getOrgGroups', 'listGroupInvites', 'deleteGroupInvite', 'listGroupDatabaseUsers']

/** What searching for leftovers adds to a removal, in an organization of thirty projects: requests, and no time to revoke. */
export async function measure(): Promise<readonly Figure[]> {
  const [without, searching] = [await leave('off'), await leave('report')]
  return [
    {
      name: `requests for leftovers, ${PROJECTS} projects`,
      value: Math.max(...searching.leftovers),
      unit: 'requests',
      atMost: 1 + 2 * PROJECTS,
    },
    {
      name: 'requests per removal, leftovers searched for',
      value: Math.max(...searching.removals),
      unit: 'requests',
      atMost: 3,
    },
    {
      name: 'time to revoke, leftovers searched for over not',
      value: searching.revokedMs / without.revokedMs,
      unit: 'x',
      atMost: 1.05,
      note: `mean of ${LEAVERS} removals, ${searching.revokedMs.toFixed(0)} over ${without.revokedMs.toFixed(0)} ms in virtual time`,
    },
  ]
}

async function leave(leftovers: 'off' | 'report') {
  const projects = Array.from({ length: PROJECTS }, (_, index) => ({
    id: index.toString(16).padStart(24, 'a'),
    name: `project ${index}`,
  }))
  const { time, atlas, aws, environment } = await virtualSystem({
    leavers: LEAVERS,
    rateLimits: 'off',
    settings: { leftovers },
    projects,
  })
  const deps = environment()
  const asked = (operations: readonly string[]) =>
    operations.map(atlas.count).reduce((sum, one) => sum + one, 0)
  const handOver = (message: { readonly id: string; readonly body: string }) =>
    time.run(deliver(deps, { Records: [recordOf(message)] }, new Date(time.now().getTime() + MINUTE_MS)))
  const seen = { leftovers: [] as number[], removals: [] as number[] }
  let revokedMs = 0
  for (let leaver = 0; leaver < LEAVERS; leaver += 1) {
    const before = { users: asked(USERS), leftovers: asked(LEFTOVERS) }
    const leftAt = time.now()
    await handOver({ id: `m-${leaver}`, body: departureBody(leaver, leftAt) })
    seen.removals.push(asked(USERS) - before.users)
    const tasks = await time.run(deps.ledger.ofPerson(usernameOf(leaver)))
    const kase = tasks.find(({ kind }) => kind === 'case') as Case | undefined
    const outcome = kase?.state.outcome
    if (outcome?.kind !== 'removed') throw new Error('Cannot measure leftovers: not everybody was removed')
    revokedMs += (outcome.revokedAt.getTime() - leftAt.getTime()) / LEAVERS
    for (const search of aws.messages.splice(0)) await handOver(search)
    seen.leftovers.push(asked(LEFTOVERS) - before.leftovers)
  }
  return { ...seen, revokedMs }
}
