/**
 * A rule's event pattern: fields, nested, down to lists of accepted values.
 *
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html
 */
export type EventPattern = { readonly [field: string]: EventPattern | readonly Matcher[] }

type IgnoringCase = { readonly 'equals-ignore-case': string }
type Scalar = string | number | boolean | null
type Matcher =
  | Scalar
  | IgnoringCase
  | { readonly prefix: string | IgnoringCase }
  | { readonly exists: boolean }
  | { readonly 'anything-but': Scalar | readonly Scalar[] | { readonly prefix: string } }

/**
 * Tells whether EventBridge would match the event: every field of the pattern, any of its values.
 *
 * An array in the event matches when any of its elements does.
 */
export function matchesPattern(pattern: EventPattern, event: unknown): boolean {
  return Object.entries(pattern).every(([field, expected]) => {
    const value = isRecord(event) ? event[field] : undefined
    if (isMatchers(expected)) return expected.some((matcher) => accepts(matcher, value))
    const candidates = Array.isArray(value) ? value : [value]
    return candidates.some((candidate) => matchesPattern(expected, candidate))
  })
}

function accepts(matcher: Matcher, value: unknown): boolean {
  if (isRecord(matcher) && 'exists' in matcher) return matcher.exists === (value !== undefined)
  const candidates = Array.isArray(value) ? value : [value]
  return candidates.some((candidate) => candidate !== undefined && acceptsOne(matcher, candidate))
}

function acceptsOne(matcher: Matcher, value: unknown): boolean {
  if (!isRecord(matcher)) return value === matcher
  if ('equals-ignore-case' in matcher) return lowered(value) === lowered(matcher['equals-ignore-case'])
  if ('prefix' in matcher) return hasPrefix(value, matcher.prefix)
  if (!('anything-but' in matcher)) throw new TypeError(`Cannot match with ${JSON.stringify(matcher)}`)

  const excluded = matcher['anything-but']
  if (isRecord(excluded)) return !startsWith(value, excluded.prefix)
  return ![excluded].flat().some((scalar) => scalar === value)
}

function hasPrefix(value: unknown, prefix: string | IgnoringCase): boolean {
  return isRecord(prefix)
    ? startsWith(lowered(value), lowered(prefix['equals-ignore-case']))
    : startsWith(value, prefix)
}

function lowered(value: unknown): unknown {
  return typeof value === 'string' ? value.toLowerCase() : value
}

function startsWith(value: unknown, prefix: unknown): boolean {
  return typeof value === 'string' && value.startsWith(String(prefix))
}

function isMatchers(expected: EventPattern | readonly Matcher[]): expected is readonly Matcher[] {
  return Array.isArray(expected)
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
