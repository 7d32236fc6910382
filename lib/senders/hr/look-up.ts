import type { OffboardDeps } from '../../core/attempt.ts'
import { remember } from '../../core/runner.ts'
import { noticeDraft } from '../../words/audit-event.ts'
import { dayOf } from '../../words/day.ts'
import { type Ask, type HrFailure, hrAsk, isSilent, silent, type Tokens } from './ask.ts'
import type { HrCredentials } from './credentials.ts'
import { type HrHealth, healthKey } from './health.ts'
import type { HrSource } from './sources.ts'
import type { HrSystem } from './system.ts'
import type { HrTransport } from './transport.ts'

/** What asking HR needs. Only the departures function has it. */
export type HrDeps = OffboardDeps & {
  /** By `hr/<system>`. */
  readonly sources: ReadonlyMap<string, HrSource>
  readonly credentials: {
    current(): Promise<HrCredentials | Unread>
    renewed(): Promise<HrCredentials | Unread>
  }
  readonly transport: HrTransport
  readonly tokens: Tokens
}

type Unread = { readonly kind: 'unavailable'; readonly code: string }

/** Asks an HR system, renews a refused credential once, and alerts humans if a failure will not pass by itself. */
export async function askHr<T extends object>(
  deps: HrDeps,
  source: string,
  deadline: Date,
  question: (ask: Ask, system: HrSystem) => Promise<T | HrFailure>,
): Promise<T | HrFailure> {
  const answer = await askTwice(deps, source, deadline, question)
  await noteHealth(deps, source, isSilent(answer) ? answer : undefined)
  return answer
}

async function askTwice<T extends object>(
  deps: HrDeps,
  source: string,
  deadline: Date,
  question: (ask: Ask, system: HrSystem) => Promise<T | HrFailure>,
): Promise<T | HrFailure> {
  const known = deps.sources.get(source)
  if (!known) return silent('HR_NOT_CONFIGURED', true)
  const askWith = async (read: HrCredentials | Unread): Promise<T | HrFailure> => {
    if ('kind' in read) return silent(read.code, true)
    const credential = read.get(known.name)
    if (!credential) return silent('HR_CREDENTIAL_MISSING', true)
    const { origin, parts } = credential
    const { transport, tokens, clock } = deps
    const ask = hrAsk({ transport, origin, credential: parts, tokens, clock, deadline })
    return await question(ask, known.system)
  }
  const answer = await askWith(await deps.credentials.current())
  const isRefused =
    isSilent(answer) && (answer.code === 'HTTP_401' || answer.code === 'HR_CREDENTIAL_MISSING')
  if (!isRefused) return answer
  deps.tokens.clear()
  return await askWith(await deps.credentials.renewed())
}

/** After this time even a failure that may pass by itself raises an alert. */
export const ALERT_AFTER_MS = 4 * 3_600_000

const MOST_CODES = 50

/** Remembers whether HR answers. Each code raises at most one alert a day. */
export async function noteHealth(
  deps: HrDeps,
  source: string,
  failure: HrFailure | undefined,
): Promise<void> {
  const now = deps.clock.now()
  await remember<HrHealth>(deps, healthKey(source), (state = {}) => {
    const day = dayOf(now)
    const { alertedDay, alertedCodes = [] } = state
    const alerted = alertedDay === day ? { alertedDay, alertedCodes } : { alertedDay: day, alertedCodes: [] }
    // Keep today's codes, or a system that fails every other time would raise an alert at each failure.
    if (!failure) return state.code === undefined ? undefined : { state: alerted }
    const { code, needsHuman } = failure
    const failingSince = state.failingSince ?? now
    const isLong = now.getTime() - failingSince.getTime() >= ALERT_AFTER_MS
    const isAlert = (needsHuman || isLong) && !alerted.alertedCodes.includes(code)
    if (state.code === code && !isAlert) return undefined
    const notice = {
      name: 'hr_look_up_failing',
      at: now,
      unmapped: { source, code, since: failingSince },
    } as const
    return {
      state: {
        code,
        failingSince,
        ...alerted,
        ...(isAlert && { alertedCodes: [...alerted.alertedCodes, code].slice(-MOST_CODES) }),
      },
      drafts: isAlert ? [noticeDraft({ ...notice, message: `${source} cannot be asked: ${code}` })] : [],
    }
  })
}
