import { isDeepStrictEqual } from 'node:util'
import type { Desk, Shown, View } from '../cli/command.ts'
import { isFailed } from '../cli/command.ts'
import { table } from '../cli/table.ts'
import { instant, span } from '../cli/text.ts'
import { type OrgState, type Stop, stopOf } from '../core/org-state.ts'
import { SOURCES, type SourcesState, unprotectedIn } from '../core/sources.ts'
import { actOf, actOnAll, CATALOGUE } from '../words/catalogue.ts'
import { DAY_MS, HOUR_MS } from '../words/duration.ts'
import { plain } from '../words/plain.ts'
import type { Self } from '../words/signed-act.ts'
import { type ReaderDeps, reads } from './act.ts'
import { stepLines } from './case-table.ts'
import { readStops } from './organizations.ts'

/** One thing that has to be right. `mend` is what to do if it is not, or if nobody knows. */
type Check = {
  readonly check: string
  readonly verdict: 'ok' | 'wrong' | 'not known'
  readonly seen: string
  readonly mend?: string
  /** The organization whose owner credential has to be tried. */
  readonly tries?: string
}

/** The check of the owner credential comes every hour. */
const STALE_MS = 2 * HOUR_MS
/** How long a name is reported that is no longer protected: it may have been taken off the list on purpose. */
const ASKED_FOR_MS = 7 * DAY_MS

/** Tells whether the installation is ready: checks what can be checked, and lists the rest as not known. */
export const preflight = reads({
  name: 'preflight',
  about: 'checks place, settings, secrets and both credentials, and what the last deployment lost',
  examples: ['preflight'],
  fields: {},
  async does(deps, _request, { deadline, self }) {
    const { ledger, organizations, clock, settings } = deps
    const now = clock.now()
    const { orgIds } = organizations
    const [stops, [sources], readers] = await Promise.all([
      readStops(ledger, orgIds),
      ledger.memories([SOURCES]),
      Promise.all(orgIds.map((orgId) => readerChecks(deps, orgId, deadline))),
    ])
    const known = (sources?.state as SourcesState | undefined) ?? { sources: {} }
    const checks: readonly Check[] = [
      placeCheck(self),
      settingsCheck(settings),
      ...deploymentChecks(known, settings, now),
      ...stopChecks('all organizations', stops.everyone.stops),
      ...stops.orgs.flatMap((org, at) => [
        ...(readers[at] ?? []),
        ownerCheck(org, now),
        ...stopChecks(org.orgId, org.stops, org.orgId),
      ]),
      sourceCheck(known, now),
      {
        check: 'alerts',
        verdict: 'not known',
        seen: 'whether somebody reads them',
        mend: 'atlas-offboarding test-alert',
      },
    ]
    return { asOf: now, checks }
  },
  async run(desk) {
    const answer = await settled(desk)
    return isFailed(answer) ? answer : { answer, ...shown(answer, desk.view()) }
  },
})

type Preflight = { readonly asOf: Date; readonly checks: readonly Check[] }

const POLLS = 10
const POLL_MS = 2_000

/** Queues a check of owner credentials that had none for hours, and waits for the answer. A caller who may only read gets the old one. */
async function settled(desk: Desk) {
  const ask = () => desk.ask<Preflight>('operator-read', { action: 'preflight' })
  let answer = await ask()
  if (isFailed(answer)) return answer
  const orgIds = answer.checks.flatMap(({ tries }) => tries ?? [])
  const queued = await Promise.all(orgIds.map((orgId) => desk.ask('operator', { action: 'retry', orgId })))
  if (queued.every(isFailed)) return answer
  for (let poll = 0; poll < POLLS && answer.checks.some(({ tries }) => tries); poll += 1) {
    await desk.terminal.sleep(POLL_MS)
    const later = await ask()
    if (isFailed(later)) return later
    answer = later
  }
  return answer
}

function shown({ asOf, checks }: Preflight, { width }: View): Shown {
  const rows = checks.map(({ check, verdict, seen, mend }) => ({
    cells: [verdict, check, plain(seen)],
    below: verdict !== 'ok' && mend ? mendLines(mend) : undefined,
  }))
  const counted = (verdict: Check['verdict']) => checks.filter((one) => one.verdict === verdict).length
  const counts = `${counted('ok')} ok, ${counted('wrong')} wrong, ${counted('not known')} not known`
  return {
    text: `${table(['RESULT', 'CHECK', 'SEEN'], rows, width)}\n\n${counts}, at ${instant(asOf)}`,
    status: counted('wrong') > 0 ? 1 : 0,
  }
}

const PROGRAM = 'atlas-offboarding '

/** Shows a command so that it can be pasted, and anything else as a thing to do elsewhere. */
function mendLines(mend: string): readonly string[] {
  return mend.startsWith(PROGRAM) ? stepLines(mend.slice(PROGRAM.length)) : [`to do: ${mend}`]
}

function placeCheck(self: Self | undefined): Check {
  if (!self) return { check: 'place', verdict: 'not known', seen: 'the function does not say where it runs' }
  const { functionName, accountId, region } = self
  const stage = functionName.replace(/-operator(-read)?$/, '')
  return { check: 'place', verdict: 'ok', seen: `${stage} in account ${accountId}, ${region}` }
}

type Settings = ReaderDeps['settings']

function settingsCheck(settings: Settings): Check {
  const seen = Object.entries(parametersIn(settings)).map(([name, value]) => `${name} ${value}`)
  return { check: 'parameters', verdict: 'ok', seen: seen.join(', ') }
}

type Seen = Omit<Settings, 'protectedUsernames' | 'version'> & {
  readonly protectedUsernames: number | readonly string[]
}

/** The parameters that decide who is removed; of protected names their number. */
function parametersIn({ mode, maxRemovalsPerDay, maxRemovalsPercent, fourEyes, ...seen }: Seen) {
  const { protectedUsernames: names } = seen
  return {
    ...{ mode, maxRemovalsPerDay: `${maxRemovalsPerDay}`, maxRemovalsPercent: `${maxRemovalsPercent}` },
    ...{ protectedUsernames: `${typeof names === 'number' ? names : names.length}` },
    fourEyes: fourEyes ? 'on' : 'off',
  }
}

/** Compares with the deployment before: the newest remembered settings that differ. The first message under new settings adds those. */
function deploymentChecks(known: SourcesState, settings: Settings, now: Date): readonly Check[] {
  const lost = unprotectedIn(known, settings.protectedUsernames, now)
    .filter(({ since }) => now.getTime() - since.getTime() < ASKED_FOR_MS)
    .map(({ name }) => name)
  const current = parametersIn(settings)
  const earlier = (known.settings ?? []).map(parametersIn).findLast((one) => !isDeepStrictEqual(one, current))
  const names = Object.keys(current) as (keyof typeof current)[]
  const changed = names.filter((name) => earlier && earlier[name] !== current[name])
  const drift = changed.map((name) => `${name} ${current[name]}, was ${earlier?.[name]}`)
  const fallen = changed.filter((name) => FALLEN[name] === current[name])
  return [
    {
      ...{ check: 'protection', verdict: lost.length > 0 ? 'wrong' : 'ok' },
      seen: lost.length > 0 ? `protected before and not now: ${lost.join(', ')}` : 'none in the ledger',
      mend: 'if that was not meant: add them to protectedUsernames and deploy',
    },
    {
      ...{ check: 'last deployment', verdict: fallen.length > 0 ? 'wrong' : 'ok' },
      seen: earlier ? `changed ${drift.join('; ')}` : 'the ledger has no earlier parameters',
      mend: `if that was not meant: set ${fallen.map((name) => `${name} to ${earlier?.[name]}`).join(', ')} and deploy`,
    },
  ]
}

/** Defaults that a deployment falls back to, unnoticed, if it forgets a parameter. */
const FALLEN: Readonly<Record<string, string>> = { mode: 'observe', fourEyes: 'off' }

async function readerChecks(deps: ReaderDeps, orgId: string, deadline: Date): Promise<readonly Check[]> {
  const { organizations, members } = deps
  const check = `read credential of ${orgId}`
  const secret = await organizations.credential(orgId, deadline)
  if (secret.kind === 'failure')
    return [
      {
        check,
        verdict: 'wrong',
        seen: `the secret cannot be used: ${secret.code}`,
        mend: mendOf(secret.code),
      },
    ]
  const answer = await members.probe(orgId, deadline)
  if (answer.kind === 'allowed') return [{ check, verdict: 'ok', seen: 'secret read, members listed' }]
  const verdict = answer.reason === 'transient' ? 'not known' : 'wrong'
  return [{ check, verdict, seen: `Atlas answered ${answer.code}`, mend: mendOf(answer.code) }]
}

/** The departures function alone has the owner credential. Its check lists members; only a removal needs the role. */
function ownerCheck({ orgId, stops, credential }: OrgState & { readonly orgId: string }, now: Date): Check {
  const check = `owner credential of ${orgId}`
  const mend = `atlas-offboarding retry --org ${orgId}`
  if (!credential?.checkedAt) return { check, verdict: 'not known', seen: 'never tried', mend, tries: orgId }
  const { checkedAt, code } = credential
  const isStale = now.getTime() - checkedAt.getTime() > STALE_MS
  const ago = `${span(checkedAt, now)} ago`
  if (code !== undefined) {
    const isRefused = stopOf({ stops }, 'credential') !== undefined || code.startsWith('SECRET_')
    const seen = `${code}, ${ago}`
    return {
      check,
      verdict: isRefused ? 'wrong' : 'not known',
      seen,
      mend: mendOf(code),
      ...(isStale && { tries: orgId }),
    }
  }
  if (isStale) return { check, verdict: 'not known', seen: `listed members ${ago}`, mend, tries: orgId }
  return { check, verdict: 'ok', seen: `listed members ${ago}; only a removal proves Organization Owner` }
}

function mendOf(code: string): string {
  if (code.startsWith('SECRET_'))
    return 'put {"clientId", "clientSecret", "orgId"} into it: aws secretsmanager put-secret-value; runbook: the code'
  if (/ACCESS_LIST|WHITELIST/.test(code))
    return "add the NAT gateway's address to the service account's access list"
  return `look up ${code} in the runbook`
}

function stopChecks(where: string, stops: readonly Stop[], org?: string): readonly Check[] {
  return stops.map((stop) => {
    const row = CATALOGUE[`stopped_${stop.kind}`]
    const mend = `atlas-offboarding ${org === undefined ? actOnAll(row) : actOf(row, { org })}`
    return {
      check: `stops of ${where}`,
      verdict: 'wrong',
      seen: `${row.title} since ${instant(stop.since)}`,
      mend,
    }
  })
}

const CANARY = /\.canary$/

function sourceCheck({ sources }: SourcesState, now: Date): Check {
  const last = Object.entries(sources).filter(([name]) => !CANARY.test(name))
  const canary = Object.entries(sources).find(([name]) => CANARY.test(name))
  const dryRun = canary
    ? `; the canary's daily dry run came ${span(canary[1].at, now)} ago`
    : '; the canary has not come yet'
  if (last.length === 0)
    return {
      check: 'sources',
      verdict: 'not known',
      seen: `none sent anything${dryRun}`,
      mend: 'send a departure with "dryRun": true',
    }
  return { check: 'sources', verdict: 'ok', seen: `${last.map(([name]) => name).join(', ')}${dryRun}` }
}
