import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, vi } from 'vitest'
import { build } from '../../../infra/build.ts'
import { functionsOf } from '../../../infra/check/functions.ts'
import { at, type Json, resourcesOf, type Template } from '../../../infra/check/template.ts'
import type { Rule } from '../../../infra/local/aws/event-bridge.ts'
import type { EventPattern } from '../../../infra/local/aws/event-pattern.ts'
import type { FunctionSpec } from '../../../infra/local/lambda/local-lambda.ts'
import { writeTemplates, zipFunctions } from '../../../infra/package.ts'
import { ORG, OTHER_ORG } from '../../support/cases.ts'
import { deployed } from '../../support/policy-double/deployed.ts'
import { type PolicyDouble, policyDouble } from '../../support/policy-double/policy-double.ts'
import { unzip } from './unzip.ts'

// Cold starts on a busy machine, and a Retry-After of two seconds, do not fit into vitest's five.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 120_000 })

const folder = await mkdtemp(join(tmpdir(), 'artefacts-'))
const out = join(folder, 'dist')

/** Organizations are fixed at packaging, and roles name their secrets: these are the two that tests seed. */
const secretsFor = (use: string) =>
  [ORG, OTHER_ORG].map((orgId) => `${orgId}=atlas-offboarding/${orgId}/${use}`).join(',')

/** The generated template. Not awaited here: packaging takes two seconds, in which the test file loads the rest. */
const template = packaged()
beforeAll(() => template)
afterAll(() => rm(folder, { recursive: true }))

async function packaged(): Promise<Template> {
  await zipFunctions(await build({ functions: 'functions', out }), out)
  const templates = join(folder, 'templates')
  await writeTemplates(out, templates, [`orgs=${secretsFor('owner')}`, `readOrgs=${secretsFor('read')}`])
  return JSON.parse(await readFile(join(templates, 'cloudformation-template-update-stack.json'), 'utf8'))
}

export type FunctionName = 'departures' | 'sweep' | 'operator' | 'operator-read' | 'http'
export type Values = Readonly<Record<string, string>>

export type Surroundings = {
  /** What the template's references stand for on this machine, `Queue` and `Queue.Arn`; a parameter that is not here keeps its default. */
  readonly references: Values
  /** Goes before what the template says, for the variables that it gives the function and no others. */
  readonly settings: Values
}

/** A function as the template deploys it: its zip unpacked, its handler, limits and environment read from the template. */
export async function packagedFunction(
  name: FunctionName,
  { references, settings }: Surroundings,
): Promise<FunctionSpec> {
  const stack = await template
  const properties = at(functionsOf(stack).get(name)?.json, 'Properties')
  const variables = Object.entries(at(properties, 'Environment.Variables') as Readonly<Record<string, Json>>)
  const settingOf = (key: string, value: Json) =>
    settings[key] ?? resolved(value, references, stack.Parameters)
  return {
    name: String(at(properties, 'FunctionName')),
    codeDir: await codeOf(name),
    handler: String(at(properties, 'Handler')),
    env: Object.fromEntries(variables.map(([key, value]) => [key, settingOf(key, value)])),
    timeoutSeconds: Number(at(properties, 'Timeout')),
    memoryMb: Number(at(properties, 'MemorySize')),
  }
}

export const OKTA = 'aws.partner/okta.com/acme/acme-stream'
/** A source of this account that may send `User Departed` and `User Returned`. */
export const HR = 'hr.example'
const PARAMETERS = { OktaEventBus: OKTA, DepartureEventSources: HR }

/** What the template says of the ways through the three queues into the departures function. */
export async function packagedDelivery() {
  const stack = await template
  const { resources } = deployed(stack, PARAMETERS)
  const mappings = resourcesOf(stack, 'AWS::Lambda::EventSourceMapping').map(({ json }) => ({
    channel: String(at(json, 'Properties.EventSourceArn.Fn::GetAtt.0')).replace('Queue', '').toLowerCase() as
      | 'events'
      | 'topic'
      | 'work',
    batchSize: Number(at(json, 'Properties.BatchSize')),
    maximumConcurrency: Number(at(json, 'Properties.ScalingConfig.MaximumConcurrency')),
  }))
  const queue = at(stack.Resources.WorkQueue, 'Properties')
  return {
    rules: resources('AWS::Events::Rule').flatMap(({ properties }): readonly Rule[] => {
      if (!JSON.stringify(at(properties, 'Targets')).includes('-events"')) return []
      const bus = String(at(properties, 'EventBusName') ?? 'default')
      return [{ bus, pattern: at(properties, 'EventPattern') as EventPattern, target: 'queue' }]
    }),
    queue: {
      visibilityTimeoutSeconds: Number(at(queue, 'VisibilityTimeout')),
      maxReceiveCount: Number(at(queue, 'RedrivePolicy.maxReceiveCount')),
    },
    mappings,
  }
}

/** The packaged policies, by which every call of a function is judged. */
export async function packagedPolicies(): Promise<PolicyDouble> {
  return policyDouble(await template, PARAMETERS)
}

const unpacked = new Map<FunctionName, Promise<string>>()

function codeOf(name: FunctionName): Promise<string> {
  const codeDir = join(folder, 'code', name)
  const unpacking = unpacked.get(name) ?? unzip(join(out, `${name}.zip`), codeDir).then(() => codeDir)
  unpacked.set(name, unpacking)
  return unpacking
}

function resolved(value: Json, references: Values, parameters: Json | undefined): string {
  if (typeof value === 'string') return value
  const standsFor = (name: string) => {
    const known = references[name] ?? at(parameters, `${name}.Default`)
    if (known === undefined) throw new Error(`Cannot resolve "${name}": it stands for nothing here`)
    return String(known)
  }
  const text = at(value, 'Fn::Sub')
  if (typeof text === 'string') return text.replace(/\$\{([\w.]+)\}/g, (_, name: string) => standsFor(name))
  const attribute = at(value, 'Fn::GetAtt')
  return standsFor(Array.isArray(attribute) ? attribute.join('.') : String(at(value, 'Ref')))
}
