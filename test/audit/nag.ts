import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { App, Aspects, Stack } from 'aws-cdk-lib'
import { CfnInclude } from 'aws-cdk-lib/cloudformation-include'
import {
  AwsSolutionsChecks,
  type INagLogger,
  type NagLoggerBaseData,
  NIST80053R5Checks,
  PCIDSS321Checks,
  ServerlessChecks,
} from 'cdk-nag'
import type { Json, Template } from '../../infra/check/template.ts'
import { deployed } from '../support/policy-double/deployed.ts'

/** What a rule finds wrong with a resource; `failed`: the rule could not judge it. */
export type Finding = {
  readonly rule: string
  readonly resource: string
  readonly says: string
  readonly failed: boolean
}

const PACKS = { AwsSolutionsChecks, NIST80053R5Checks, PCIDSS321Checks, ServerlessChecks }

/** Runs the rule packs over a template as it is deployed with these parameters. */
export async function nag(
  template: Template,
  parameters: Readonly<Record<string, string>>,
): Promise<readonly Finding[]> {
  const folder = await mkdtemp(join(tmpdir(), 'audit-'))
  try {
    const templateFile = join(folder, 'template.json')
    await writeFile(templateFile, JSON.stringify(decided(template, parameters)))
    const app = new App({ outdir: join(folder, 'out') })
    const stack = new Stack(app, 'audited', { env: { account: '111122223333', region: 'us-east-1' } })
    new CfnInclude(stack, 'template', { templateFile })
    const found: Finding[] = []
    const additionalLoggers = [collector(found)]
    for (const Checks of Object.values(PACKS))
      Aspects.of(app).add(new Checks({ verbose: true, reports: false, additionalLoggers }))
    app.synth()
    return found
  } finally {
    await rm(folder, { recursive: true })
  }
}

function collector(found: Finding[]): INagLogger {
  const note = ({ ruleOriginalName, ruleInfo, resource }: NagLoggerBaseData, failed: boolean, what: string) =>
    found.push({
      rule: ruleOriginalName,
      resource: resource.node.id,
      says: `${ruleInfo}${what}`,
      failed,
    })
  return {
    onCompliance: () => undefined,
    onNonCompliance: (data) => void note(data, false, data.findingId === '' ? '' : ` [${data.findingId}]`),
    onSuppressed: (data) => void note(data, false, ''),
    onError: (data) => void note(data, true, ` (${data.errorMessage.slice(0, 200)})`),
    onSuppressedError: (data) => void note(data, true, ''),
    onNotApplicable: () => undefined,
  }
}

/** Decides conditions and parameters, and leaves references between resources as they are: the rules follow them. */
function decided(template: Template, parameters: Readonly<Record<string, string>>): object {
  const stack = deployed(template, parameters)
  const own = Object.keys((template.Parameters ?? {}) as object)
  const resources = Object.entries(template.Resources).filter(
    ([, { Condition }]) => typeof Condition !== 'string' || stack.condition(Condition),
  )
  return {
    Resources: Object.fromEntries(
      resources.map(([id, { Condition: _, ...resource }]) => [id, walk(resource as Json)]),
    ),
  }

  function walk(json: Json | undefined): Json | undefined {
    if (Array.isArray(json))
      return json.flatMap((one: Json) => [walk(one)].filter((value) => value !== undefined)) as Json
    if (typeof json !== 'object' || json === null) return json
    const [[name, argument] = []] = Object.entries(json)
    if (name === 'Ref' && (own.includes(String(argument)) || argument === 'AWS::NoValue'))
      return stack.resolve(json)
    if (name === 'Fn::If') {
      const [condition, yes, no] = argument as unknown as readonly Json[]
      return walk(stack.condition(String(condition)) ? yes : no)
    }
    if (name === 'Fn::Join' || name === 'Fn::Split' || name === 'Fn::Select') {
      const text = JSON.stringify(json)
      if (!text.includes('Fn::GetAtt') && !/"Ref":"(?!AWS::)/.test(text.replace(paramRefs(), '')))
        return stack.resolve(json)
    }
    if (name === 'Fn::Sub') return substituted(json)
    const entries = Object.entries(json).map(([key, value]) => [key, walk(value as Json)] as const)
    return Object.fromEntries(entries.filter(([, value]) => value !== undefined)) as Json
  }

  function paramRefs(): RegExp {
    return new RegExp(`"Ref":"(${own.join('|')})"`, 'g')
  }

  /** A name of a parameter inside a text is its value. */
  function substituted(json: Json): Json {
    const argument = (json as { readonly 'Fn::Sub': Json })['Fn::Sub']
    const text = String(Array.isArray(argument) ? argument[0] : argument)
    const filled = own.reduce(
      (all, name) => all.replaceAll(`\${${name}}`, String(stack.resolve({ Ref: name } as Json))),
      text,
    )
    return Array.isArray(argument)
      ? ({ 'Fn::Sub': [filled, walk(argument[1])] } as Json)
      : ({ 'Fn::Sub': filled } as Json)
  }
}
