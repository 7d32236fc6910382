import * as z from 'zod/mini'
import { readRosterSettings } from './people/roster-settings.ts'
import { nearestKey } from './senders/closed-object.ts'
import { problemOfSources, sourcesIn } from './senders/hr/sources.ts'
import type { WorkSender } from './senders/read-work.ts'

const partsOf = (text: string): readonly string[] => text.split(',').map((part) => part.trim())
const namesIn = (text: string): readonly string[] => partsOf(text).filter((part) => part !== '')
const list = (fallback = '') => z.pipe(z._default(z.string(), fallback), z.transform(namesIn))

/** A text that is read, or refused with the text that `read` answers instead. */
const parsed = <T extends object>(read: (text: string) => T | string) =>
  z.pipe(
    z.string(),
    z.transform((input, { issues }) => {
      const value = read(input)
      if (typeof value !== 'string') return value
      issues.push({ code: 'custom', message: value, input })
      return z.NEVER
    }),
  )
const text = z.string().check(z.refine((value) => value.trim() !== '', 'must not be empty'))
/** A larger window could outgrow its item, and would hardly be a limit: announce such a batch with `approve`. */
const MOST_PER_DAY = 1_000
const count = (fallback: number, most = 100_000, least = 0) => {
  const isWhole = (text: string) => /^\d{1,6}$/.test(text) && Number(text) >= least && Number(text) <= most
  const whole = z.string().check(z.refine(isWhole, `must be a whole number from ${least} to ${most}`))
  return z.pipe(z._default(whole, String(fallback)), z.transform(Number))
}
const oneOf = <T extends string>(...values: readonly [T, ...T[]]) =>
  z.enum(values, `must be one of ${values.join(', ')}`)

/** An organization and the secret with its credential. */
export type OrgSecret = { readonly orgId: string; readonly secretId: string }

const orgs = parsed((value) => {
  const entries = partsOf(value).map(orgSecretOf)
  return problemIn(entries) ?? entries
})

function orgSecretOf(entry: string): OrgSecret {
  const [orgId = '', ...secretId] = entry.split('=').map((part) => part.trim())
  return { orgId, secretId: secretId.join('=') }
}

/** Names the entry by its position: an id of a secret stays out of logs. */
function problemIn(entries: readonly OrgSecret[]): string | undefined {
  const first = (field: keyof OrgSecret, one: OrgSecret) => entries.findIndex((e) => e[field] === one[field])
  for (const [index, entry] of entries.entries()) {
    const said = `entry ${index + 1} of ${entries.length}`
    if (!/^[a-f0-9]{24}$/.test(entry.orgId))
      return `${said} does not start with an organization id (24 hex digits) and "="`
    if (entry.secretId === '') return `${said} has no secret after "="`
    if (first('orgId', entry) < index)
      return `${said} repeats the organization of entry ${first('orgId', entry) + 1}`
    if (first('secretId', entry) < index)
      return `${said} repeats the secret of entry ${first('secretId', entry) + 1}`
  }
  return undefined
}

/** Our functions that put messages on the work queue. */
const SENDERS: readonly WorkSender[] = ['http', 'roster', 'sweep', 'operator', 'departures']

/** Role id to the function that has the role: what SQS's `SenderId` starts with says who sent a message. */
const senderRoles = parsed((value): ReadonlyMap<string, WorkSender> | string => {
  const entries = partsOf(value)
  const names = entries.map((entry) => /^(\w+)=AROA[A-Z0-9]+$/.exec(entry)?.[1])
  if (names.length !== SENDERS.length || !SENDERS.every((name) => names.includes(name)))
    return `must give a role id (AROA…) for each of ${SENDERS.join(', ')}`
  return new Map(entries.map((entry) => entry.split('=').reverse() as [string, WorkSender]))
})

/** Only Atlas itself and this machine may be told whom to remove, and be given the credential for it. */
const ORIGINS = 'must be https://cloud.mongodb.com, https://cloud.mongodbgov.com or a loopback address'
/** HR systems that can be asked; empty for none. */
const hrSystems = z._default(
  parsed((value) => problemOfSources(value) ?? sourcesIn(value)),
  [],
)
const baseUrl = z._default(z.string().check(z.refine(isAllowedOrigin, ORIGINS)), 'https://cloud.mongodb.com')

const rosters = parsed((value) => {
  const read = readRosterSettings(value)
  return typeof read === 'string' ? `must be a JSON array of rosters: ${read}` : read
})

const okta = {
  OKTA_APP_IDS: list(),
  ON_SUSPEND: z._default(oneOf('ignore', 'hold', 'remove'), 'ignore'),
}
const ORG_NAMES = /^[0-9a-f]{24}=[^,="<>\\]+(,[0-9a-f]{24}=[^,="<>\\]+)*$/
/** Names of organizations for humans, by id. */
const orgNames = z._default(
  parsed((value): Readonly<Record<string, string>> | string => {
    if (value !== '' && !ORG_NAMES.test(value)) return 'must be <organization id>=<name>,…'
    return Object.fromEntries(namesIn(value).map((entry) => [entry.slice(0, 24), entry.slice(25)]))
  }),
  {},
)
/** The comparison with Atlas needs closed cases for days, and a late repetition of an event finds its case for weeks. */
const LEAST_KEPT_DAYS = 30
const closes = { KEEP_CLOSED_DAYS: count(400, 100_000, LEAST_KEPT_DAYS) }
const ledger = { LEDGER_TABLE: text, ORG_NAMES: orgNames }
/** `on`: acts that could remove many people need a second person. */
const fourEyes = z._default(oneOf('off', 'on'), 'off')
/** What is remembered of the settings under which a message was received, and shown in reports. */
const limits = {
  MODE: oneOf('observe', 'enforce'),
  MAX_REMOVALS_PER_DAY: count(10, MOST_PER_DAY),
  MAX_REMOVALS_PERCENT: count(5),
  PROTECTED_USERNAMES: list(),
  FOUR_EYES: fourEyes,
  VERSION: z._default(text, 'unknown'),
}
const reader = { READ_ORGS: orgs, ATLAS_BASE_URL: baseUrl }
const deadLetters = { EVENTS_DLQ_URL: text, TOPIC_DLQ_URL: text, WORK_DLQ_URL: text }
const queues = {
  ...deadLetters,
  EVENTS_QUEUE_ARN: text,
  EVENTS_QUEUE_URL: text,
  TOPIC_QUEUE_ARN: text,
  TOPIC_QUEUE_URL: text,
  WORK_QUEUE_ARN: text,
  WORK_QUEUE_URL: text,
}

/** The environment of each function: exactly these keys, in the template as here. */
export const SCHEMAS = {
  departures: z.object({
    ...{ ...ledger, ...closes },
    ...limits,
    ...queues,
    ...okta,
    ORGS: orgs,
    ATLAS_BASE_URL: baseUrl,
    AUDIT_BUS: text,
    SENDER_ROLES: senderRoles,
    FORWARDER_TOPICS: list(),
    HOLD_ORG_ROLES: list('ORG_OWNER'),
    HOOK_SPEAKS_AS_OKTA: z._default(oneOf('off', 'on'), 'off'),
    MAX_EVENT_AGE_HOURS: count(72),
    LEFTOVERS: z._default(oneOf('off', 'report', 'clean'), 'report'),
    SAILPOINT_LEFT_STATES: list(),
    HR_SYSTEMS: hrSystems,
    HR_SECRET_ID: text,
    HR_RECHECK_DAYS: count(7, 30),
  }),
  sweep: z.object({
    ...ledger,
    ...reader,
    ...deadLetters,
    AUDIT_BUS: text,
    WORK_QUEUE_URL: text,
    RECHECK_DAYS: count(7),
    HR_SYSTEMS: hrSystems,
    ROSTERS: rosters,
  }),
  roster: z.object({
    LEDGER_TABLE: text,
    WORK_QUEUE_URL: text,
    READ_ORGS: orgs,
    ROSTER_BUCKET: text,
    ROSTERS: rosters,
  }),
  operator: z.object({
    ...{ ...ledger, ...closes },
    ...reader,
    ...deadLetters,
    AUDIT_BUS: text,
    WORK_QUEUE_URL: text,
    FOUR_EYES: fourEyes,
    BREAK_GLASS: z._default(oneOf('off', 'on'), 'on'),
  }),
  'operator-read': z.object({
    ...limits,
    ...reader,
    ...deadLetters,
    ...ledger,
  }),
  http: z.object({
    ...okta,
    ...reader,
    LEDGER_TABLE: text,
    WORK_QUEUE_URL: text,
    SCIM_SECRET_ID: text,
    HOOK_SECRET_ID: text,
  }),
} as const

type Name = keyof typeof SCHEMAS
export type Config<N extends Name> = z.infer<(typeof SCHEMAS)[N]>
export type Environment = Readonly<Record<string, string | undefined>>

/**
 * Reads a function's environment.
 *
 * @throws naming every key that is missing, wrong or misspelled, and never a value
 */
export function readConfig<N extends Name>(name: N, env: Environment): Config<N> {
  const parsed = SCHEMAS[name].safeParse(env)
  const problems = [...misspelled(name, env), ...(parsed.error?.issues.map(describe) ?? [])]
  if (problems.length > 0) throw new Error(`Cannot read the environment of "${name}": ${problems.join('; ')}`)
  return parsed.data as Config<N>
}

function describe(issue: z.core.$ZodIssue): string {
  const key = issue.path.join('.')
  return issue.code === 'invalid_type' ? `${key} is missing` : `${key} ${issue.message}`
}

/** A key of ours with a typo would silently leave its default in force; protected accounts would not be protected. */
function misspelled(name: Name, env: Environment): readonly string[] {
  const known = Object.keys(SCHEMAS[name].shape)
  const everybodys = new Set(Object.values(SCHEMAS).flatMap((schema) => Object.keys(schema.shape)))
  return Object.keys(env).flatMap((key) => {
    const meant = everybodys.has(key) ? undefined : nearestKey(key, known)
    return meant ? [`${key} is unknown: did you mean ${meant}?`] : []
  })
}

function isAllowedOrigin(value: string): boolean {
  if (!URL.canParse(value)) return false
  const { origin, hostname, protocol, href } = new URL(value)
  if (href !== `${origin}/`) return false
  const isLoopback = ['127.0.0.1', 'localhost', '[::1]'].includes(hostname) && protocol === 'http:'
  return isLoopback || origin === 'https://cloud.mongodb.com' || origin === 'https://cloud.mongodbgov.com'
}
