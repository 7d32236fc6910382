import * as z from 'zod/mini'

const namesIn = (text: string): readonly string[] =>
  text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')
const list = (fallback = '') => z.pipe(z._default(z.string(), fallback), z.transform(namesIn))

const SOME = 'must name at least one, separated by commas'
const someList = z.pipe(
  z.string().check(z.refine((text) => namesIn(text).length > 0, SOME)),
  z.transform(namesIn),
)
const text = z.string().check(z.refine((value) => value.trim() !== '', 'must not be empty'))
/** A window of more could outgrow the one item that holds it, and is no limit any more: announce such a batch with `approve`. */
const MOST_PER_DAY = 1_000
const count = (fallback: number, most = 100_000, least = 0) => {
  const isWhole = (text: string) => /^\d{1,6}$/.test(text) && Number(text) >= least && Number(text) <= most
  const whole = z.string().check(z.refine(isWhole, `must be a whole number from ${least} to ${most}`))
  return z.pipe(z._default(whole, String(fallback)), z.transform(Number))
}
const oneOf = <T extends string>(...values: readonly [T, ...T[]]) =>
  z.enum(values, `must be one of ${values.join(', ')}`)

/** Only Atlas itself and this machine may be told whom to remove, and be given the credential for it. */
const ORIGINS = 'must be https://cloud.mongodb.com, https://cloud.mongodbgov.com or a loopback address'
const baseUrl = z._default(z.string().check(z.refine(isAllowedOrigin, ORIGINS)), 'https://cloud.mongodb.com')

const okta = {
  OKTA_APP_IDS: list(),
  ON_SUSPEND: z._default(oneOf('ignore', 'hold', 'remove'), 'ignore'),
}
/** The comparison with Atlas needs closed cases for days, and a late repetition of an event finds its case for weeks. */
const LEAST_KEPT_DAYS = 30
const ledger = { LEDGER_TABLE: text, KEEP_CLOSED_DAYS: count(400, 100_000, LEAST_KEPT_DAYS) }
const limits = {
  MODE: oneOf('observe', 'enforce'),
  MAX_REMOVALS_PER_DAY: count(10, MOST_PER_DAY),
  MAX_REMOVALS_PERCENT: count(5),
  PROTECTED_USERNAMES: list(),
}
const guards = {
  ...limits,
  HOLD_ORG_ROLES: list('ORG_OWNER'),
  MAX_EVENT_AGE_HOURS: count(72),
  LEFTOVERS: z._default(oneOf('off', 'report', 'clean'), 'report'),
}

/** The environment of each function: exactly these keys, in the template as here. */
export const SCHEMAS = {
  departures: z.object({
    ...ledger,
    ...guards,
    ATLAS_SECRET_IDS: someList,
    ATLAS_BASE_URL: baseUrl,
    AUDIT_BUS: text,
    QUEUE_URL: text,
    DLQ_URL: text,
    ...okta,
  }),
  sweep: z.object({
    ...ledger,
    ATLAS_READ_SECRET_IDS: someList,
    ATLAS_BASE_URL: baseUrl,
    AUDIT_BUS: text,
    QUEUE_URL: text,
    RECHECK_DAYS: count(7),
  }),
  operator: z.object({
    ...ledger,
    ATLAS_READ_SECRET_IDS: someList,
    ATLAS_BASE_URL: baseUrl,
    AUDIT_BUS: text,
    QUEUE_URL: text,
  }),
  'operator-read': z.object({
    ...limits,
    LEDGER_TABLE: text,
    ATLAS_READ_SECRET_IDS: someList,
    ATLAS_BASE_URL: baseUrl,
  }),
  http: z.object({
    ...okta,
    LEDGER_TABLE: text,
    ATLAS_READ_SECRET_IDS: someList,
    ATLAS_BASE_URL: baseUrl,
    QUEUE_URL: text,
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
  return Object.keys(env)
    .filter((key) => !everybodys.has(key) && known.some((other) => isTypoOf(key, other)))
    .map((key) => `${key} is unknown: did you mean ${known.find((other) => isTypoOf(key, other))}?`)
}

/** One letter too many, too few, changed, or two swapped. */
function isTypoOf(key: string, known: string): boolean {
  if (Math.abs(key.length - known.length) > 1 || key === known) return false
  let start = 0
  while (start < key.length && key[start] === known[start]) start += 1
  let end = 0
  while (end < Math.min(key.length, known.length) - start && key.at(-1 - end) === known.at(-1 - end)) end += 1
  const [left, right] = [key.slice(start, key.length - end), known.slice(start, known.length - end)]
  const swapped = left.length === 2 && right.length === 2 && left[0] === right[1] && left[1] === right[0]
  return swapped || Math.max(left.length, right.length) <= 1
}

function isAllowedOrigin(value: string): boolean {
  if (!URL.canParse(value)) return false
  const { origin, hostname, protocol, href } = new URL(value)
  if (href !== `${origin}/`) return false
  const isLoopback = ['127.0.0.1', 'localhost', '[::1]'].includes(hostname) && protocol === 'http:'
  return isLoopback || origin === 'https://cloud.mongodb.com' || origin === 'https://cloud.mongodbgov.com'
}
