/** What AWS knows of a call, by condition key; a key that it does not know is absent. Names of keys are matched whatever their case. */
export type Context = Readonly<Record<string, string | readonly string[]>>

/** `{ ArnEquals: { 'aws:SourceArn': […] } }` */
export type Conditions = Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>

type Match = (actual: string, wanted: string) => boolean

/** `Not…` is derived: it holds where none of the values matches, and where the key is absent. */
const OPERATORS: Readonly<Record<string, Match>> = {
  StringEquals: (actual, wanted) => actual === wanted,
  StringLike: matchesWildcards,
  ArnEquals: matchesArn,
  ArnLike: matchesArn,
  Bool: (actual, wanted) => actual.toLowerCase() === wanted.toLowerCase(),
}

/**
 * Tells whether all of a statement's conditions hold, as IAM does: operators and keys are joined by AND, values by OR.
 *
 * @throws on an operator that this double does not know: to guess would prove nothing
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-logic-multiple-context-keys-or-values.html
 */
export function conditionsHold(conditions: Conditions, context: Context): boolean {
  return Object.entries(conditions).every(([operator, keys]) =>
    Object.entries(keys).every(([key, wanted]) => holds(operator, valuesOf(context, key), [wanted].flat())),
  )
}

function holds(operator: string, actual: readonly string[], wanted: readonly string[]): boolean {
  if (operator === 'Null') return wanted.some((value) => (value === 'true') === (actual.length === 0))

  const set = /^(ForAllValues|ForAnyValue):/.exec(operator)?.[1]
  const name = operator.replace(/^For\w+:/, '').replace(/IfExists$/, '')
  const isNegated = /^(String|Arn)Not/.test(name)
  const match = OPERATORS[isNegated ? name.replace('Not', '') : name]
  if (!match) throw new Error(`Cannot judge the operator "${operator}"`)

  // A key that is absent equals nothing, so that the negation holds.
  if (actual.length === 0)
    return set === 'ForAllValues' || operator.endsWith('IfExists') || (isNegated && set === undefined)
  const matches = (value: string) => wanted.some((one) => match(value, one)) !== isNegated
  if (set === 'ForAllValues') return actual.every(matches)
  if (set === 'ForAnyValue') return actual.some(matches)
  if (actual.length > 1) throw new Error(`Cannot judge several values by "${operator}": use ForAllValues`)
  return actual.every(matches)
}

function valuesOf(context: Context, key: string): readonly string[] {
  const found = Object.entries(context).find(([name]) => name.toLowerCase() === key.toLowerCase())
  return found ? [found[1]].flat() : []
}

const patterns = new Map<string, RegExp>()

/** `*` for any characters, `?` for one. */
export function matchesWildcards(actual: string, pattern: string): boolean {
  if (pattern === '*') return true
  if (!/[*?]/.test(pattern)) return actual === pattern
  const known = patterns.get(pattern)
  if (known) return known.test(actual)
  const escaped = pattern.replace(/[.+^${}()|[\]\\]/g, '\\$&')
  const made = new RegExp(`^${escaped.replaceAll('*', '.*').replaceAll('?', '.')}$`, 's')
  patterns.set(pattern, made)
  return made.test(actual)
}

/** Each of the six parts of an ARN by itself: a wildcard does not reach over a colon. */
function matchesArn(actual: string, pattern: string): boolean {
  const [parts, wanted] = [actual, pattern].map((arn) => partsOf(arn)) as [string[], string[]]
  return (
    parts.length === wanted.length &&
    parts.every((part, index) => matchesWildcards(part, wanted[index] ?? ''))
  )
}

function partsOf(arn: string): string[] {
  const parts = arn.split(':')
  return parts.length <= 6 ? parts : [...parts.slice(0, 5), parts.slice(5).join(':')]
}
