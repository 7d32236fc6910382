import type { Parts } from './environment.ts'
import type { Fates, Role } from './faulty-io.ts'
import type { VirtualTime } from './virtual-time.ts'

/** One execution environment of one function. */
export type StaffMember = { readonly name: string; readonly role: Role; readonly deps: Parts }

type Options = {
  readonly time: VirtualTime
  readonly fates: Fates
  /** How long an invocation may take before Lambda ends it. */
  readonly timeoutMs: number
  /** Whoever has done an invocation does the next one, as long as it lives. */
  readonly isWarm: boolean
  readonly equip: (name: string, role: Role) => Parts
}

/** Starts execution environments, uses them again, and ends them, as Lambda does. */
export function staffOf({ time, fates, timeoutMs, isWarm, equip }: Options) {
  const idle: StaffMember[] = []
  let named = 0

  function takeOn(role: Role, name?: string): StaffMember {
    named += name === undefined ? 1 : 0
    const own = name ?? `worker-${named}`
    return { name: own, role, deps: equip(own, role) }
  }

  /** Whoever is frozen when Lambda would end it is let go, and is found when it thaws: worse than any real Lambda. */
  function end(name: string): void {
    if (!fates.frozen.has(name)) fates.dead.add(name)
  }

  return {
    takeOn,
    /** One that is free, the last one to become so, or a new one. */
    free(role: Role): StaffMember {
      const at = idle.findLastIndex((one) => one.role === role)
      const [known] = at < 0 ? [] : idle.splice(at, 1)
      return known ?? takeOn(role)
    },
    /** Has one do an invocation. Rejects if it takes too long, or has died. */
    async invocation<T>(one: StaffMember, work: (deadline: Date) => Promise<T>): Promise<T> {
      fates.invocations.set(one.name, (fates.invocations.get(one.name) ?? 0) + 1)
      let callOff: () => void = () => undefined
      const ended = new Promise<never>((_, reject) => {
        callOff = time.after(timeoutMs, () => {
          end(one.name)
          reject(new Error('timed out'))
        })
      })
      const deadline = new Date(time.now().getTime() + timeoutMs)
      const result = await Promise.race([work(deadline), ended]).finally(() => {
        callOff()
        if (!fates.frozen.has(one.name)) fates.ended.set(one.name, fates.invocations.get(one.name) ?? 0)
      })
      if (isWarm && !fates.frozen.has(one.name)) idle.push(one)
      return result
    },
  }
}
