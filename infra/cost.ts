/**
 * `npm run package && npm run cost`: what the packaged stack costs while nobody leaves, as the table of infra/README.md.
 * Counted in the template: alarms with their metrics, metrics of ours, keys, pollers of queues, sweeps. Assumed: what {@link IDLE} says.
 */
import { readFile } from 'node:fs/promises'
import { alarmsOf, metricsOf } from './check/alarms.ts'
import { type Json, listOf, resourcesOf, type Template, valueAt } from './check/template.ts'
import { PRICES } from './prices.ts'

const HOURS = 730
const MINUTES = HOURS * 60

/** What a template does not say of a month in which nobody leaves. */
const IDLE = {
  /** A long poll takes 20 s, and Lambda keeps five of them waiting on each queue. */
  pollsAMinute: 5 * 3,
  sweepSeconds: 0.3,
  /** Nine queries of indexes and four records. */
  readsASweep: 10,
  logGb: 0.15,
  /** Two functions fetch a token each hour, and read their secret for it. */
  secretCalls: 2 * HOURS,
} as const

type Part = 'base' | 'bus' | 'http' | 'canary' | 'archive' | 'roster' | 'hr' | 'hooks' | 'gateway'
type Line = { readonly part: Part; readonly what: string; readonly sum: string; readonly dollars: number }

/** Hours a month in which an idle stack sends a metric, and for which part. All others are sent only when something happened. */
export const SENT: Readonly<Record<string, { readonly part: Part; readonly hours: number }>> = {
  OutboxWaiting: { part: 'base', hours: HOURS },
  CredentialAgeDays: { part: 'base', hours: HOURS },
  SourceSilenceDays: { part: 'base', hours: HOURS },
  RosterSilenceHours: { part: 'roster', hours: HOURS },
  CanaryArrived: { part: 'canary', hours: 30 },
  Outcomes: { part: 'canary', hours: 30 },
}

const TITLES: Readonly<Record<Part, string>> = {
  base: 'one organization: topic, ledger, audit trail, alerts',
  bus: 'a source on EventBridge, each',
  http: 'SCIM',
  canary: 'daily canary',
  archive: 'archive in S3',
  roster: 'nightly files of HR',
  hooks: 'signed hooks',
  hr: 'HR systems that are asked',
  gateway: 'NAT gateway',
}
const COMMON: readonly Part[] = ['base', 'bus', 'http', 'canary']

/** Which part exists only under a condition of the template. */
const CONDITIONS: Readonly<Record<string, Part>> = {
  KeepsArchive: 'archive',
  TakesRosters: 'roster',
  TakesHr: 'hr',
}
const OTHER_BUSES = ['TakesUserDeparted', 'TakesSailPoint', 'TakesAuth0']

/** Everything that an idle stack is charged for. */
export function costOf(template: Template): readonly Line[] {
  const count = (type: string) => resourcesOf(template, type).length
  const queues = count('AWS::Lambda::EventSourceMapping')
  const memory = Number(valueAt(template.Resources.SweepLambdaFunction, 'Properties.MemorySize')) / 1_024
  const lines = [
    ...alarmLines(template),
    ...metricLines(),
    line('base', 'secrets of owner and reader', 2, PRICES.secret),
    line('base', 'their calls', IDLE.secretCalls, PRICES.secretCall),
    line('base', 'key of the alert topic', count('AWS::KMS::Key'), PRICES.key),
    line(
      'base',
      `${queues} queues, polled by Lambda`,
      queues * IDLE.pollsAMinute * MINUTES,
      PRICES.queueRequest,
    ),
    line('base', 'sweeps', MINUTES, PRICES.invocation),
    line(
      'base',
      `their time, ${IDLE.sweepSeconds} s each`,
      MINUTES * IDLE.sweepSeconds * memory,
      PRICES.gbSecond,
    ),
    line('base', 'their reads of the table', MINUTES * IDLE.readsASweep, PRICES.read),
    line('base', 'logs', IDLE.logGb, PRICES.log),
    line('http', 'secret of tokens', 1, PRICES.secret),
    line('hooks', 'secret of keys', 1, PRICES.secret),
    line('hr', 'secret of HR systems', 1, PRICES.secret),
    line('archive', 'objects, one in five minutes at most', 288 * 30, PRICES.put),
    line('roster', 'a file of 20 MB a night, kept for 30 days', 0.6, PRICES.storage),
    line('roster', 'a minute of 1 GB a night to read it', 30 * 60, PRICES.gbSecond),
    line('gateway', 'gateway', HOURS, PRICES.gateway),
    line('gateway', 'its address', HOURS, PRICES.address),
  ]
  return lines.filter(({ dollars }) => dollars > 0)
}

function alarmLines(template: Template): readonly Line[] {
  const parts = alarmsOf(template).flatMap(({ id, json }) =>
    metricsOf(json).map(({ metric, condition }) => partOf(id, metric, condition)),
  )
  return countLines(parts, (part, count) =>
    line(part, `alarms on ${count} ${count === 1 ? 'metric' : 'metrics'}`, count, PRICES.alarm),
  )
}

/** A metric of ours is charged only while it is sent. */
function metricLines(): readonly Line[] {
  const parts = Object.values(SENT).map(({ part }) => part)
  return countLines(parts, (part) => {
    const own = Object.entries(SENT).filter(([, sent]) => sent.part === part)
    const months = own.reduce((sum, [, { hours }]) => sum + hours, 0) / HOURS
    return line(part, `metrics: ${own.map(([name]) => name).join(', ')}`, months, PRICES.metric)
  })
}

function partOf(alarm: string, metric: Json, condition: Json | undefined): Part | undefined {
  if (OTHER_BUSES.includes(String(condition))) return undefined
  if (condition === 'TakesOkta') return 'bus'
  if (condition !== undefined) return CONDITIONS[String(condition)]
  if (/^(Http|EntryRefused)/.test(alarm)) return 'http'
  const isCanary = listOf(valueAt(metric, 'Dimensions')).some((one) =>
    /-canary$/.test(String(valueAt(one, 'Value'))),
  )
  return isCanary || alarm === 'NoCanaryAlarm' ? 'canary' : 'base'
}

function countLines(
  parts: readonly (Part | undefined)[],
  one: (part: Part, count: number) => Line,
): readonly Line[] {
  const known = parts.filter((part) => part !== undefined)
  return [...new Set(known)].map((part) => one(part, known.filter((other) => other === part).length))
}

function line(part: Part, what: string, count: number, price: { readonly dollars: number }): Line {
  const factor = Number(count.toPrecision(4)).toLocaleString('en-US', { maximumFractionDigits: 2 })
  const unit = price.dollars.toFixed(10).replace(/0{1,8}$/, '')
  return { part, what, sum: `${factor} × ${unit}`, dollars: count * price.dollars }
}

/** The lines of the page: each part with its sum, the common ones added up. */
export function costTable(template: Template): string {
  const lines = costOf(template)
  const parts = Object.keys(TITLES) as readonly Part[]
  const sumOf = (wanted: readonly Part[]) =>
    lines.filter(({ part }) => wanted.includes(part)).reduce((sum, { dollars }) => sum + dollars, 0)
  const rowsOf = (part: Part) => [
    `| **${TITLES[part]}** | | **${sumOf([part]).toFixed(2)}** |`,
    ...lines
      .filter((one) => one.part === part)
      .map(({ what, sum, dollars }) => `| ${what} | ${sum} | ${dollars.toFixed(2)} |`),
  ]
  const others = parts.filter((part) => !COMMON.includes(part))
  return [
    '| | arithmetic | a month |',
    '|---|---|---|',
    ...COMMON.flatMap(rowsOf),
    `| **together: one organization with events, topic and SCIM** | | **${sumOf(COMMON).toFixed(2)}** |`,
    ...others.flatMap(rowsOf),
  ].join('\n')
}

if (import.meta.main) {
  const file = '.serverless/cloudformation-template-update-stack.json'
  console.log(costTable(JSON.parse(await readFile(file, 'utf8'))))
}
