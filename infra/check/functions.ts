import { SCHEMAS } from '../../lib/config.ts'
import {
  type Check,
  differences,
  keysOf,
  type Resource,
  resourcesOf,
  type Template,
  valueAt,
  wrongProperties,
} from './template.ts'

/** The lock on a person, `LOCK_MS` in lib/wire.ts. */
const LOCK_S = 120
const POWERTOOLS = ['POWERTOOLS_SERVICE_NAME', 'POWERTOOLS_METRICS_NAMESPACE']

/** The Lambda functions by name, `operator-read`. */
export function functionsOf(template: Template): ReadonlyMap<string, Resource> {
  const functions = resourcesOf(template, 'AWS::Lambda::Function')
  return new Map(
    functions.map((one) => [String(valueAt(one.json, 'Properties.Handler')).split('.')[0] ?? '', one]),
  )
}

/** The template has every function that has a configuration, all in one network: Atlas may accept calls from known addresses only. */
export const checkFunctions: Check = (template) => {
  const functions = functionsOf(template)
  const faults = [...functions.values()].flatMap((one) =>
    wrongProperties(one, {
      'Properties.Runtime': 'nodejs24.x',
      'Properties.LoggingConfig.LogFormat': 'JSON',
    }),
  )
  const networks = [...functions.values()].map(({ json }) =>
    JSON.stringify(valueAt(json, 'Properties.VpcConfig')),
  )
  if (new Set(networks).size > 1) faults.push('functions: not all in the same network')
  return [...differences('functions', [...functions.keys()], Object.keys(SCHEMAS)), ...faults]
}

/** Each function gets exactly the variables that its configuration reads. */
export const checkEnvironments: Check = (template) => {
  const functions = functionsOf(template)
  return Object.entries(SCHEMAS).flatMap(([name, { shape }]) => {
    const variables = keysOf(valueAt(functions.get(name)?.json, 'Properties.Environment.Variables'))
    return differences(`environment of ${name}`, variables, [...Object.keys(shape), ...POWERTOOLS])
  })
}

/** Function time-out < lock < visibility: whoever still works on a person still holds the lock. */
export const checkTimes: Check = (template) => {
  const timeout = Number(valueAt(functionsOf(template).get('departures')?.json, 'Properties.Timeout'))
  return ['EventsQueue', 'TopicQueue', 'WorkQueue'].flatMap((id) => {
    const visibility = Number(valueAt(template.Resources[id], 'Properties.VisibilityTimeout'))
    if (timeout < LOCK_S && LOCK_S < visibility) return []
    return [`${id}: not ${timeout} s (function) < ${LOCK_S} s (lock) < ${visibility} s (visibility)`]
  })
}

/** The three queues and nothing else feed a function, which answers record by record (partial batch response). */
export const checkEventSources: Check = (template) => {
  const mappings = resourcesOf(template, 'AWS::Lambda::EventSourceMapping')
  const sources = mappings.map(({ json }) => String(valueAt(json, 'Properties.EventSourceArn.Fn::GetAtt.0')))
  const faults = mappings.flatMap((one) =>
    wrongProperties(one, {
      'Properties.FunctionResponseTypes': ['ReportBatchItemFailures'],
      'Properties.BatchSize': 10,
    }),
  )
  return [...faults, ...differences('event sources', sources, ['EventsQueue', 'TopicQueue', 'WorkQueue'])]
}
