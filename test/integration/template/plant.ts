import { type Json, type Template, valueAt } from '../../../infra/check/template.ts'

export type Defect = { readonly name: string; readonly plant: (template: Template) => Template }

/**
 * @param path - dotted; an element of a list by its place or, a statement, by its Sid
 * @param value - what stands there then; `undefined` for nothing
 */
export function defect(name: string, path: string, value: Json | undefined): Defect {
  return planted(name, ['Resources', ...path.split('.')], value)
}

/** The same for a parameter of the stack. */
export function parameterDefect(name: string, path: string, value: Json | undefined): Defect {
  return planted(name, ['Parameters', ...path.split('.')], value)
}

export function statement(role: string, sid: string, field?: string): string {
  const path = [role, 'Properties.Policies.0.PolicyDocument.Statement', sid]
  return [...path, ...(field === undefined ? [] : [field])].join('.')
}

/** A statement of a queue's policy. */
export function policy(queue: string, sid: string, field?: string): string {
  const path = [`${queue}Policy`, 'Properties.PolicyDocument.Statement', sid]
  return [...path, ...(field === undefined ? [] : [field])].join('.')
}

export function variable(name: string): string {
  return `DeparturesLambdaFunction.Properties.Environment.Variables.${name}`
}

function planted(name: string, path: readonly string[], value: Json | undefined): Defect {
  return { name, plant: (template) => changed(template, path, value) as Template }
}

function changed(
  json: Json | undefined,
  [key, ...rest]: readonly string[],
  value: Json | undefined,
): Json | undefined {
  if (key === undefined) return value
  if (Array.isArray(json)) {
    const list: readonly Json[] = json
    return list.flatMap((one, index) =>
      String(index) === key || valueAt(one, 'Sid') === key ? (changed(one, rest, value) ?? []) : [one],
    )
  }
  const { [key]: before, ...others } = json as { readonly [key: string]: Json }
  const after = changed(before, rest, value)
  return after === undefined ? others : { ...others, [key]: after }
}
