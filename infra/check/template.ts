import { isDeepStrictEqual } from 'node:util'

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json }

/** A CloudFormation template, as JSON. */
export type Template = {
  readonly Resources: Readonly<Record<string, { readonly [key: string]: Json }>>
  readonly [section: string]: Json
}

export type Resource = { readonly id: string; readonly json: Json }

/** Looks for one kind of mistake. @returns a line for each one found */
export type Check = (template: Template) => readonly string[]

export function resourcesOf({ Resources }: Template, type: string): readonly Resource[] {
  return Object.entries(Resources)
    .filter(([, { Type }]) => Type === type)
    .map(([id, json]) => ({ id, json }))
}

/** Reads the value at a dotted path such as `Properties.RetryPolicy`; `undefined` if there is none. */
export function valueAt(json: Json | undefined, path: string): Json | undefined {
  const [key = '', ...rest] = path.split('.')
  const value = isObject(json) ? json[key] : Array.isArray(json) ? (json[Number(key)] as Json) : undefined
  return rest.length === 0 ? value : valueAt(value, rest.join('.'))
}

/** Reads a value that CloudFormation and IAM take singly or as a list. */
export function listOf(json: Json | undefined): readonly Json[] {
  return json === undefined ? [] : Array.isArray(json) ? json : [json as Json]
}

export function keysOf(json: Json | undefined): readonly string[] {
  return isObject(json) ? Object.keys(json) : []
}

/** The id of the resource that a `Ref` or `Fn::GetAtt` refers to. */
export function referredResource(json: Json | undefined): string | undefined {
  const name = valueAt(json, 'Ref') ?? valueAt(json, 'Fn::GetAtt.0')
  return typeof name === 'string' ? name : undefined
}

/** Says which properties of a resource do not have the wanted value. */
export function wrongProperties(
  { id, json }: Resource,
  wanted: Readonly<Record<string, Json>>,
): readonly string[] {
  return Object.entries(wanted)
    .filter(([path, value]) => !isDeepStrictEqual(valueAt(json, path), value))
    .map(([path, value]) => `${id}: ${path} is not ${JSON.stringify(value)}`)
}

/** Says what is missing from a list and what should not be in it. */
export function differences(
  subject: string,
  actual: readonly string[],
  wanted: readonly string[],
): readonly string[] {
  const missing = wanted.filter((one) => !actual.includes(one)).map((one) => `${subject}: ${one} is missing`)
  return [
    ...missing,
    ...actual.filter((one) => !wanted.includes(one)).map((one) => `${subject}: ${one} should not be there`),
  ]
}

function isObject(json: Json | undefined): json is { readonly [key: string]: Json } {
  return typeof json === 'object' && json !== null && !Array.isArray(json)
}
