import { answer, operate } from '../../../lib/acts/operator.ts'
import { offboard } from '../../../lib/core/offboard.ts'
import { type Case, openCase } from '../../../lib/words/case.ts'
import type { Departure } from '../../../lib/words/departure.ts'
import { departure, ORG } from '../../support/cases.ts'
import type { Worker, World } from '../../support/world.ts'

export const CLAIM = { by: 'grace@example.com', because: 'HR-1042' }
export const REQUEST_ID = '5f1c7a0e-9d0b-4f0e-8a52-2a1f0d5c1b3e'
const TIMEOUT_MS = 60_000

type Answer = Awaited<ReturnType<typeof operate>> | Awaited<ReturnType<typeof answer>>

/** On-call with both functions at hand; `asks` and `tells` answer what the functions do. */
export function onCall(world: World, worker: Worker = world.worker('operator')) {
  const { deps } = worker
  const deadline = () => new Date(world.time.now().getTime() + TIMEOUT_MS)
  const tell = (request: unknown, requestId = REQUEST_ID): Promise<Answer> =>
    operate(deps, request, { requestId, deadline: deadline() })
  return {
    /** Has the writing function do something, and answers before any worker comes. */
    tells: (request: unknown, requestId?: string) => world.time.run(tell(request, requestId)),
    /** The same, with workers and sweeps around. */
    async tellsAmidWork(request: unknown, ms = 5_000): Promise<Answer> {
      const answered = tell(request)
      await world.runUntil(new Date(world.time.now().getTime() + ms))
      return await world.time.run(answered)
    },
    asks: (request: unknown): Promise<Answer> => world.time.run(answer(deps, request, deadline())),
  }
}

/** Lets a worker take a departure in, and answers the case it left. */
export async function taken(
  world: World,
  departed: Partial<Departure> = {},
  options: { orgId?: string; stale?: boolean } = {},
): Promise<Case> {
  const { orgId = ORG, stale = false } = options
  const kase = openCase(departure(departed), orgId, { at: world.time.now(), stale })
  const { deps } = world.worker()
  await world.time.run(offboard(deps, kase, new Date(world.time.now().getTime() + TIMEOUT_MS)))
  return await known(world, kase.id)
}

/** The case as the ledger has it. */
export async function known(world: World, caseId: string): Promise<Case> {
  const kase = await world.time.run(world.worker().deps.ledger.read(caseId))
  if (!kase) throw new Error(`Cannot find case "${caseId}"`)
  return kase
}

/** Lets workers and sweeps work for so long. */
export async function passing(world: World, ms: number): Promise<void> {
  await world.runUntil(new Date(world.time.now().getTime() + ms))
}

/** What the audit bus was told of acts that are no outcomes. */
export function notices(world: World) {
  return world.aws.published
    .filter(({ detailType }) => detailType === 'Offboarding Notice')
    .map(
      ({ detail }) =>
        detail as Record<string, unknown> & { status: string; unmapped: Record<string, unknown> },
    )
}
