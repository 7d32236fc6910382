import { SCHEMAS } from '../../lib/config.ts'
import {
  at,
  type Check,
  differs,
  keysOf,
  type Resource,
  resourcesOf,
  type Template,
  wants,
} from './template.ts'

const POWERTOOLS = ['POWERTOOLS_SERVICE_NAME', 'POWERTOOLS_METRICS_NAMESPACE']

/** The Lambda functions by name, `operator-read`. */
export function functionsOf(template: Template): ReadonlyMap<string, Resource> {
  const functions = resourcesOf(template, 'AWS::Lambda::Function')
  return new Map(
    functions.map((one) => [String(at(one.json, 'Properties.Handler')).split('.')[0] ?? '', one]),
  )
}

/** Every function that has a configuration is there, and each has its runtime and logs. */
export const checkFunctions: Check = (template) => {
  const functions = functionsOf(template)
  const faults = [...functions.values()].flatMap((one) =>
    wants(one, {
      'Properties.Runtime': 'nodejs24.x',
      'Properties.Architectures': ['arm64'],
      'Properties.LoggingConfig.LogFormat': 'JSON',
    }),
  )
  // Every function asks Atlas, which may know it by its address only.
  const networks = new Set(
    [...functions.values()].map(({ json }) => JSON.stringify(at(json, 'Properties.VpcConfig'))),
  )
  if (networks.size > 1) faults.push('functions: not all in the same network')
  return [...differs('functions', [...functions.keys()], Object.keys(SCHEMAS)), ...faults]
}

/** Each function gets the variables that its configuration wants, and no other. */
export const checkEnvironments: Check = (template) => {
  const functions = functionsOf(template)
  return Object.entries(SCHEMAS).flatMap(([name, { shape }]) => {
    const variables = keysOf(at(functions.get(name)?.json, 'Properties.Environment.Variables'))
    return differs(`environment of ${name}`, variables, [...Object.keys(shape), ...POWERTOOLS])
  })
}

/** Nobody is removed by a stack that nobody has told to. */
export const checkMode: Check = ({ Parameters }) =>
  at(Parameters, 'Mode.Default') === 'observe' ? [] : ['Mode: Default is not observe']
