import { expect, test } from 'vitest'
import { type Json, listOf, type Template, valueAt } from '../../../infra/check/template.ts'
import { packagedTemplate } from './packaged-template.ts'

const template = await packagedTemplate()

/** The names that a part of a resource refers to: by `Ref`, `Fn::GetAtt`, `Fn::Sub` and `DependsOn`. */
function namesIn(json: Json | undefined): readonly string[] {
  if (typeof json !== 'object' || json === null) return []
  if (Array.isArray(json)) return json.flatMap(namesIn)
  const text = valueAt(json, 'Fn::Sub.0') ?? valueAt(json, 'Fn::Sub')
  const inText = typeof text === 'string' ? [...text.matchAll(/\$\{(\w+)/g)].map(([, name]) => name) : []
  const attribute = valueAt(json, 'Fn::GetAtt')
  const owner = Array.isArray(attribute) ? attribute[0] : String(attribute ?? '').split('.')[0]
  const own = [valueAt(json, 'Ref'), owner, ...listOf(valueAt(json, 'DependsOn')), ...inText]
  return [...own.filter((name) => typeof name === 'string'), ...Object.values(json).flatMap(namesIn)]
}

/** @returns the resources of one circle, if any wait for each other */
function cycleIn({ Resources }: Template): readonly string[] | undefined {
  const done = new Set<string>()
  const circleFrom = (id: string, path: readonly string[]): readonly string[] | undefined => {
    if (path.includes(id)) return [...path.slice(path.indexOf(id)), id]
    if (done.has(id)) return undefined
    for (const name of namesIn(Resources[id])) {
      const circle = name in Resources ? circleFrom(name, [...path, id]) : undefined
      if (circle) return circle
    }
    done.add(id)
    return undefined
  }
  for (const id of Object.keys(Resources)) {
    const circle = circleFrom(id, [])
    if (circle) return circle
  }
  return undefined
}

test('no resources of the stack wait for each other', () => {
  expect(cycleIn(template)).toBeUndefined()
})

test('a circle would be noticed, in whatever way it is closed', () => {
  const { Resources } = template
  const closed = (property: Json) =>
    cycleIn({ ...template, Resources: { ...Resources, LedgerTable: { ...Resources.LedgerTable, property } } })

  const ways: readonly Json[] = [
    { 'Fn::GetAtt': ['DeparturesRole', 'Arn'] },
    { 'Fn::Sub': `\${DeparturesRole.Arn}` },
    { Ref: 'DeparturesRole' },
    { DependsOn: 'DeparturesRole' },
  ]
  for (const property of ways)
    expect(closed(property)).toEqual(expect.arrayContaining(['LedgerTable', 'DeparturesRole']))
})
