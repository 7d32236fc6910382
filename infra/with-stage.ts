import type { Json, Template } from './check/template.ts'

/** The stage of the template that the packager wrote. */
const PACKAGED = 'atlas-offboarding-prod'
const STAGED = `atlas-offboarding-\${Stage}`

export const STAGE = {
  Description: 'Part of every name in the stack, so that an account may have one stack for each stage',
  Type: 'String',
  AllowedPattern: '^[a-z][a-z0-9-]{0,14}$',
  Default: 'prod',
} as const

/** Puts the parameter `Stage` into every name that holds the packaged stage, wherever CloudFormation takes a function. */
export function withStage(template: Template): Template {
  return {
    ...template,
    Parameters: { Stage: STAGE, ...(template.Parameters as Readonly<Record<string, Json>>) },
    Resources: staged(template.Resources) as Template['Resources'],
    Outputs: staged(template.Outputs as Json),
  }
}

function staged(json: Json): Json {
  if (typeof json === 'string') return named(json)
  if (Array.isArray(json)) return json.map(staged)
  if (json === null || typeof json !== 'object') return json
  return Object.fromEntries(
    Object.entries(json).map(([key, value]) => [key, key === 'Fn::Sub' ? substituted(value) : staged(value)]),
  )
}

/** What is no variable of ours, such as IAM's `${aws:PrincipalArn}`, stays text. */
function named(text: string): Json {
  return text.includes(PACKAGED)
    ? { 'Fn::Sub': text.replaceAll('${', '${!').replaceAll(PACKAGED, STAGED) }
    : text
}

function substituted(json: Json): Json {
  const [text, variables] = Array.isArray(json) ? (json as readonly Json[]) : [json]
  const filled = String(text).replaceAll(PACKAGED, STAGED)
  return variables === undefined ? filled : [filled, staged(variables)]
}
