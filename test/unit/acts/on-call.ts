import { answer, carryOut } from '../../../lib/acts/operator.ts'
import type { Case } from '../../../lib/words/case.ts'
import type { Departure } from '../../../lib/words/departure.ts'
import { departure, ON_CALL } from '../../support/cases.ts'
import { enqueue } from '../../support/in-memory-aws.ts'
import { encodeWork } from '../../support/work-message.ts'
import { createWorld, type World, type WorldOptions } from '../../support/world.ts'

export const CLAIM = { by: 'grace@example.com', because: 'HR-1042' }
export const REQUEST_ID = '5f1c7a0e-9d0b-4f0e-8a52-2a1f0d5c1b3e'
const TIMEOUT_MS = 60_000

type Answered = Readonly<Record<string, unknown>>

/** A world with members, and on-call with both functions at hand. */
export function onCallIn(options: WorldOptions = {}, members: readonly object[] = []) {
  const world = createWorld(options)
  for (const orgId of options.orgIds ?? [undefined]) world.org(orgId).members = [...members] as never
  const { deps } = world.worker('operator')
  const deadline = () => new Date(world.time.now().getTime() + TIMEOUT_MS)
  let invocations = 0
  const tellAs = (arn: string | undefined, request: object) => {
    invocations += 1
    const caller = arn === undefined ? {} : { caller: { arn } }
    const invocation = { ...caller, requestId: `r-${invocations}`, deadline: deadline() }
    return carryOut(deps, request, invocation) as Promise<Answered>
  }
  const tell = (request: object, requestId: string) =>
    carryOut(deps, request, { caller: ON_CALL, requestId, deadline: deadline() }) as Promise<Answered>
  return {
    world,
    deps,
    /** Has the writing function do something, before any worker comes. */
    tells: (request: object, requestId = REQUEST_ID) => world.time.run(tell(request, requestId)),
    /** The same as somebody else, or as nobody whom AWS proved; each time by another invocation. */
    tellsAs: (arn: string | undefined, request: object) => world.time.run(tellAs(arn, request)),
    /** The same while workers and sweeps work. */
    async tellsAmidWork(request: object, ms = 5_000, requestId = REQUEST_ID): Promise<Answered> {
      const answered = tell(request, requestId)
      await passing(world, ms)
      return await world.time.run(answered)
    },
    asks: (request: object) =>
      world.time.run(
        answer(deps, request, { requestId: REQUEST_ID, deadline: deadline() }) as Promise<Answered>,
      ),
  }
}

/** Lets workers and sweeps work for so long. */
export async function passing(world: World, ms = 5_000): Promise<void> {
  await world.runUntil(new Date(world.time.now().getTime() + ms))
}

/** Lets workers take a departure, and answers its case. */
export async function taken(world: World, departed: Partial<Departure> = {}): Promise<Case> {
  const { id, username, ...rest } = departure(departed)
  world.depart({ id, username, ...rest })
  await passing(world)
  const kase = world.cases().find(({ state }) => state.departure.id === id)
  if (!kase) throw new Error(`Cannot find a case of "${id}"`)
  return kase
}

/** Lets workers ask HiBob about an employee, as a webhook of that employee makes them do. */
export async function referred(world: World, employeeId: string): Promise<void> {
  const reference = {
    id: 'e-1',
    source: 'hr/hibob',
    employeeId,
    event: 'employee.left',
    says: 'left',
  } as const
  enqueue(world.aws, encodeWork({ kind: 'reference', reference }), world.time.now())
  await passing(world)
}

/** The case as the ledger has it now. */
export function known(world: World, caseId: string): Case {
  const kase = world.cases().find(({ id }) => id === caseId)
  if (!kase) throw new Error(`Cannot find case "${caseId}"`)
  return kase
}

/** The notices of one name that were published. */
export function notices(world: World, name: string) {
  return world.aws.published
    .filter(({ detailType }) => detailType === 'Offboarding Notice')
    .map(({ detail }) => detail as Record<string, unknown> & { unmapped: Record<string, unknown> })
    .filter(({ status }) => status === name)
}
