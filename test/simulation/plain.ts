import { isDeepStrictEqual } from 'node:util'
import { describeOutcome, type Outcome } from '../../lib/words/outcome.ts'
import type { Published } from '../support/in-memory-aws.ts'
import { type Run, run } from './run.ts'
import type { Story } from './story.ts'

const SEED = 1

/** Plays a story in which nothing goes wrong but what it says itself. */
export function playPlain(story: Story): Promise<Run> {
  return run(story, SEED, () => undefined)
}

/** What was published, each event once, a line each. */
export function publishedIn({ played }: Run): readonly string[] {
  const byUid = new Map(played.world.aws.published.map((event) => [event.uid, event]))
  return [...byUid.values()].map(lineOf)
}

/** The requests that Atlas received, those that repeat one another as one: `token, listOrgUsers ×2`. */
export function askedIn({ played }: Run): string {
  const runs: { readonly operation: string; times: number }[] = []
  for (const { service, operation } of played.trace) {
    if (service !== 'atlas') continue
    const last = runs.at(-1)
    if (last?.operation === operation) last.times += 1
    else runs.push({ operation, times: 1 })
  }
  const words = runs.map(({ operation, times }) => (times === 1 ? operation : `${operation} ×${times}`))
  return words.join(', ') || 'nothing'
}

/** How often the sweep had to bring a task back, or to publish: what waits for longer than a message can, or what an outage left. */
export function sweptIn({ played }: Run): number {
  return played.trace.filter(({ role, service }) => role === 'sweep' && /^(queue|bus)$/.test(service)).length
}

/** What a run differs in from what its story tells, if it does. */
export function deviationIn(run: Run): string | undefined {
  const { publishes, asks, swept = 0 } = run.played.story
  if (!isDeepStrictEqual(publishedIn(run), publishes)) return `published: ${publishedIn(run).join('; ')}`
  if (asks && !isDeepStrictEqual(askedIn(run), asks)) return `asked: ${askedIn(run)}`
  return sweptIn(run) === swept ? undefined : `the sweep helped ${sweptIn(run)} times, not ${swept}`
}

type Unmapped = { readonly notice?: string; readonly outcome?: Outcome | Unreadable }
type Unreadable = { readonly kind: 'unreadable'; readonly reason: string }

function lineOf({ detail }: Published): string {
  const { notice, outcome } = detail.unmapped as Unmapped
  if (notice || !outcome) return `notice ${notice}`
  if (outcome.kind === 'unreadable') return `unreadable: ${outcome.reason}`
  const { correlation_uid: id } = detail.metadata as { readonly correlation_uid: string }
  const roles = (detail.privileges as readonly string[]).join()
  const of = ['', 'ORG_MEMBER'].includes(roles) ? '' : ` of ${roles}`
  return `${id} ${describeOutcome(outcome)}${more(outcome)}${of}`
}

function more(outcome: Outcome): string {
  switch (outcome.kind) {
    case 'removed':
      return ` (${outcome.evidence})`
    case 'deferred':
      return ` (${outcome.code})`
    case 'cancelled':
      return ` (${outcome.because.replace(/c-[0-9a-f]{20}/, 'CASE')})`
    case 'held':
      return outcome.detail === undefined ? '' : ` (${outcome.detail})`
    case 'refused':
      return [outcome.code, outcome.detail].some(Boolean)
        ? ` (${[outcome.code, outcome.detail].filter(Boolean).join(', ')})`
        : ''
    case 'already_absent':
    case 'would_remove':
    case 'scheduled':
      return ''
  }
}
