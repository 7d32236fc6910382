import { type Json, type Template, valueAt } from './check/template.ts'

type Values = Readonly<Record<string, string>>

/** A deployed stack, as CloudFormation describes it. */
type Stack = {
  readonly Parameters?: readonly { readonly ParameterKey: string; readonly ParameterValue: string }[]
  readonly Outputs?: readonly { readonly OutputKey: string; readonly OutputValue: string }[]
}

/** The output that says what only the packager knows: infra/outputs.yml. */
const PACKAGED = 'ServerlessDeploymentParameters'

/**
 * Finds the parameters that a deployment would reset silently: their value would change, and nobody gave a new one.
 *
 * @param given - names of the parameters that are in params.yml or typed
 */
export function droppedParameters(
  { Parameters = [], Outputs = [] }: Stack,
  template: Template,
  given: ReadonlySet<string>,
): readonly string[] {
  const packaged = Outputs.find(({ OutputKey }) => OutputKey === PACKAGED)?.OutputValue ?? ''
  const set = Parameters.map((one): [string, string] => [nameOf(one.ParameterKey), one.ParameterValue])
  const was = { ...Object.fromEntries(set), ...packagedIn(packaged) }
  const becomes = valuesIn(template)
  // What this version does not know any more is dropped by it, and the CHANGELOG says so.
  const isDropped = ([name, value]: [string, string]) => name in becomes && becomes[name] !== value
  return Object.entries(was)
    .filter((one) => isDropped(one) && !given.has(one[0]))
    .map(([name]) => name)
    .toSorted()
}

function valuesIn({ Parameters = {}, Outputs = {} }: Template): Values {
  const declared = Object.entries(Object(Parameters)) as [string, Json][]
  const defaults = declared.map(([name, json]) => [nameOf(name), String(valueAt(json, 'Default') ?? '')])
  return {
    ...Object.fromEntries(defaults),
    ...packagedIn(String(valueAt(Outputs, `${PACKAGED}.Value`) ?? '')),
  }
}

function packagedIn(value: string): Values {
  return Object.fromEntries(value.split(';').map((part) => part.split(/=(.*)/, 2)))
}

/** `Mode` of the template is `mode` of params.yml. */
function nameOf(parameter: string): string {
  return `${parameter.charAt(0).toLowerCase()}${parameter.slice(1)}`
}
