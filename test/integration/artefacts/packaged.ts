import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build } from '../../../infra/build.ts'
import { functionsOf } from '../../../infra/check/functions.ts'
import { type Json, resourcesOf, type Template, valueAt } from '../../../infra/check/template.ts'
import type { Rule } from '../../../infra/local/aws/event-bridge.ts'
import type { EventPattern } from '../../../infra/local/aws/event-pattern.ts'
import type { FunctionSpec } from '../../../infra/local/lambda/local-lambda.ts'
import { zipFunctions } from '../../../infra/package.ts'
import { deployed } from '../../support/policy-double/deployed.ts'
import { type PolicyDouble, policyDouble } from '../../support/policy-double/policy-double.ts'
import { packagedTemplate } from '../template/packaged-template.ts'
import { unzip } from './unzip.ts'

// For every test file of this worker: one build serves them all.
const folder = mkdtempSync(join(tmpdir(), 'artefacts-'))
process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
const out = join(folder, 'dist')

/** Not awaited here: bundling takes seconds, in which the test file loads the rest. */
const zipped = build({ functions: 'functions', out }).then((built) => zipFunctions(built, out))

export type FunctionName = 'departures' | 'sweep' | 'roster' | 'operator' | 'operator-read' | 'http'
export type Values = Readonly<Record<string, string>>

export type Surroundings = {
  /** What the template's references stand for on this machine, `Queue` and `Queue.Arn`; a parameter that is not here keeps its default. */
  readonly references: Values
  /** Goes before what the template says, for the variables that it gives the function and no others. */
  readonly settings: Values
}

/** The generated template. Organizations are fixed at packaging, and roles name their secrets. */
export function templateFor({ ORGS, READ_ORGS }: { ORGS: string; READ_ORGS: string }): Promise<Template> {
  return packagedTemplate(`orgs=${ORGS}`, `readOrgs=${READ_ORGS}`)
}

/** A function as the template deploys it: its zip unpacked, its handler, limits and environment read from the template. */
export async function packagedFunction(
  template: Template,
  name: FunctionName,
  { references, settings }: Surroundings,
): Promise<FunctionSpec> {
  const properties = valueAt(functionsOf(template).get(name)?.json, 'Properties')
  const variables = Object.entries(
    valueAt(properties, 'Environment.Variables') as Readonly<Record<string, Json>>,
  )
  const settingOf = (key: string, value: Json) =>
    settings[key] ?? resolved(value, references, template.Parameters)
  return {
    name: String(valueAt(properties, 'FunctionName')),
    codeDir: await codeOf(name),
    handler: String(valueAt(properties, 'Handler')),
    env: Object.fromEntries(variables.map(([key, value]) => [key, settingOf(key, value)])),
    timeoutSeconds: Number(valueAt(properties, 'Timeout')),
    memoryMb: Number(valueAt(properties, 'MemorySize')),
  }
}

export const OKTA = 'aws.partner/okta.com/acme/acme-stream'
/** A source of this account that may send `User Departed` and `User Returned`. */
export const HR = 'hr.example'
const PARAMETERS = { OktaEventBus: OKTA, DepartureEventSources: HR, Rosters: '[]' }

/** What the template says of the ways through the three queues into the departures function. */
export function packagedDelivery(template: Template) {
  const { resources } = deployed(template, PARAMETERS)
  const mappings = resourcesOf(template, 'AWS::Lambda::EventSourceMapping').map(({ json }) => ({
    channel: String(valueAt(json, 'Properties.EventSourceArn.Fn::GetAtt.0'))
      .replace('Queue', '')
      .toLowerCase() as 'events' | 'topic' | 'work',
    batchSize: Number(valueAt(json, 'Properties.BatchSize')),
    maximumConcurrency: Number(valueAt(json, 'Properties.ScalingConfig.MaximumConcurrency')),
  }))
  const queue = valueAt(template.Resources.WorkQueue, 'Properties')
  return {
    rules: resources('AWS::Events::Rule').flatMap(({ properties }): readonly Rule[] => {
      if (!JSON.stringify(valueAt(properties, 'Targets')).includes('-events"')) return []
      const bus = String(valueAt(properties, 'EventBusName') ?? 'default')
      return [{ bus, pattern: valueAt(properties, 'EventPattern') as EventPattern, target: 'queue' }]
    }),
    queue: {
      visibilityTimeoutSeconds: Number(valueAt(queue, 'VisibilityTimeout')),
      maxReceiveCount: Number(valueAt(queue, 'RedrivePolicy.maxReceiveCount')),
    },
    mappings,
  }
}

/** The packaged policies, by which every call of a function is judged. */
export function packagedPolicies(template: Template): PolicyDouble {
  return policyDouble(template, PARAMETERS)
}

const unpacked = new Map<FunctionName, Promise<string>>()

function codeOf(name: FunctionName): Promise<string> {
  const codeDir = join(folder, 'code', name)
  const unpacking =
    unpacked.get(name) ?? zipped.then(() => unzip(join(out, `${name}.zip`), codeDir)).then(() => codeDir)
  unpacked.set(name, unpacking)
  return unpacking
}

function resolved(value: Json, references: Values, parameters: Json | undefined): string {
  if (typeof value === 'string') return value
  const standsFor = (name: string) => {
    const known = references[name] ?? valueAt(parameters, `${name}.Default`)
    if (known === undefined) throw new Error(`Cannot resolve "${name}": it stands for nothing here`)
    return String(known)
  }
  const text = valueAt(value, 'Fn::Sub')
  if (typeof text === 'string') return text.replace(/\$\{([\w.]+)\}/g, (_, name: string) => standsFor(name))
  const attribute = valueAt(value, 'Fn::GetAtt')
  return standsFor(Array.isArray(attribute) ? attribute.join('.') : String(valueAt(value, 'Ref')))
}
