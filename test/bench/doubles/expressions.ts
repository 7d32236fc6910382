export type Attribute = {
  readonly S?: string
  readonly N?: string
  readonly M?: Readonly<Record<string, Attribute>>
}
export type Attributes = Readonly<Record<string, Attribute>>

/** What the placeholders of an expression stand for. */
export type Bound = {
  readonly ExpressionAttributeNames?: Readonly<Record<string, string>>
  readonly ExpressionAttributeValues?: Attributes
}

/** Evaluates a condition: comparisons by `=` and `<` and existence, joined by AND and OR. @throws on any other */
export function meets(condition: string, item: Attributes | undefined, bound: Bound): boolean {
  const any = partsOf(condition, ' OR ')
  if (any.length > 1) return any.some((part) => meets(part, item, bound))
  const all = partsOf(condition, ' AND ')
  if (all.length > 1) return all.every((part) => meets(part, item, bound))
  if (condition.startsWith('(')) return meets(condition.slice(1, -1), item, bound)
  const [, negation, path] = /^attribute_(not_)?exists\(([^)]+)\)$/.exec(condition) ?? []
  if (path !== undefined) return (valueAt(item, path, bound) === undefined) === (negation !== undefined)
  const [, left, sign, right = ''] = /^(\S+) ([=<]) (\S+)$/.exec(condition) ?? []
  if (left === undefined) throw new Error(`Cannot evaluate "${condition}"`)
  const held = valueAt(item, left, bound)
  return held !== undefined && compare(held, sign, bound.ExpressionAttributeValues?.[right] ?? {})
}

function compare(one: Attribute, sign: string | undefined, other: Attribute): boolean {
  const [left, right] = one.N === undefined ? [one.S ?? '', other.S ?? ''] : [Number(one.N), Number(other.N)]
  return sign === '=' ? left === right : left < right
}

/** Applies an update expression of SET and REMOVE clauses. @throws on any other */
export function updated(item: Attributes, expression: string, bound: Bound): Attributes {
  const clauses = expression.split(/\s*\b(SET|REMOVE) /).slice(1)
  let next = item
  for (let at = 0; at < clauses.length; at += 2) {
    const [kind, list = ''] = clauses.slice(at)
    for (const action of list.split(/, ?(?![^(]*\))/)) {
      const [path = '', value] = action.trim().split(/ ?= ?/)
      const isSet = kind === 'SET' && value !== undefined
      next = withValue(next, pathOf(path, bound), isSet ? operand(value, next, bound) : undefined)
    }
  }
  return next
}

function operand(text: string, item: Attributes, bound: Bound): Attribute {
  const [, path, fallback = text] = /^if_not_exists\((\S+), ?(\S+)\)$/.exec(text) ?? []
  const value = (path && valueAt(item, path, bound)) || bound.ExpressionAttributeValues?.[fallback]
  if (!value) throw new Error(`Cannot evaluate "${text}"`)
  return value
}

function withValue(
  item: Attributes,
  [name = '', ...rest]: readonly string[],
  value: Attribute | undefined,
): Attributes {
  const { [name]: before, ...others } = item
  if (rest.length > 0) return { ...item, [name]: { M: withValue(before?.M ?? {}, rest, value) } }
  return value ? { ...item, [name]: value } : others
}

function valueAt(item: Attributes | undefined, path: string, bound: Bound): Attribute | undefined {
  const [name = '', ...rest] = pathOf(path, bound)
  return rest.reduce<Attribute | undefined>((value, part) => value?.M?.[part], item?.[name])
}

function pathOf(path: string, { ExpressionAttributeNames: names = {} }: Bound): readonly string[] {
  return path.split('.').map((part) => names[part] ?? part)
}

/** Splits where no parenthesis is open. */
function partsOf(text: string, separator: string): readonly string[] {
  const parts: string[] = []
  for (const piece of text.split(separator)) {
    const open = parts.at(-1)
    if (open !== undefined && depthOf(open) > 0) parts[parts.length - 1] = `${open}${separator}${piece}`
    else parts.push(piece)
  }
  return parts
}

function depthOf(text: string): number {
  return text.split('(').length - text.split(')').length
}
