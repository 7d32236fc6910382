import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, vi } from 'vitest'
import { functionsOf } from '../../../infra/check/functions.ts'
import { at, type Json, referent, type Template } from '../../../infra/check/template.ts'
import type { EventPattern } from '../../../infra/local/aws/event-pattern.ts'
import type { FunctionSpec } from '../../../infra/local/lambda/local-lambda.ts'
import { packageStack } from '../../../infra/package.ts'
import { unzip } from './unzip.ts'

// Cold starts on a busy machine, and a Retry-After of two seconds, do not fit into vitest's five.
vi.setConfig({ testTimeout: 30_000, hookTimeout: 60_000 })

const folder = await mkdtemp(join(tmpdir(), 'artefacts-'))
const out = join(folder, 'dist')

/** The generated template. Not awaited here: packaging takes two seconds, in which the test file loads the rest. */
const template = packageStack({ functions: 'functions', out, templates: join(folder, 'templates') }).then(
  async (packaged): Promise<Template> => JSON.parse(await readFile(packaged.template, 'utf8')),
)
beforeAll(() => template)
afterAll(() => rm(folder, { recursive: true }))

export type FunctionName = 'departures' | 'sweep' | 'operator' | 'operator-read' | 'http'
export type Values = Readonly<Record<string, string>>

export type Surroundings = {
  /** What the template's references stand for on this machine; a parameter that is not here keeps its default. */
  readonly references: Values
  /** Goes before what the template says, for the variables that it gives the function and no others. */
  readonly settings: Values
}

/** A function as the template deploys it: its zip unpacked, its handler, limits and environment read from the template. */
export async function packagedFunction(
  name: FunctionName,
  { references, settings }: Surroundings,
): Promise<FunctionSpec> {
  const deployed = await template
  const properties = at(functionsOf(deployed).get(name)?.json, 'Properties')
  const variables = Object.entries(at(properties, 'Environment.Variables') as Readonly<Record<string, Json>>)
  const settingOf = (key: string, value: Json) =>
    settings[key] ?? resolved(value, references, deployed.Parameters)
  return {
    name: String(at(properties, 'FunctionName')),
    codeDir: await codeOf(name),
    handler: String(at(properties, 'Handler')),
    env: Object.fromEntries(variables.map(([key, value]) => [key, settingOf(key, value)])),
    timeoutSeconds: Number(at(properties, 'Timeout')),
    memoryMb: Number(at(properties, 'MemorySize')),
  }
}

/** What the template says of the way from Okta's stream through the queue into the departures function. */
export async function packagedDelivery() {
  const { Resources } = await template
  const mapping = at(Resources.DeparturesEventSourceMappingSQSDeparturesQueue, 'Properties')
  const queue = at(Resources.DeparturesQueue, 'Properties')
  return {
    oktaPattern: at(Resources.OktaRule, 'Properties.EventPattern') as EventPattern,
    queue: {
      visibilityTimeoutSeconds: Number(at(queue, 'VisibilityTimeout')),
      maxReceiveCount: Number(at(queue, 'RedrivePolicy.maxReceiveCount')),
    },
    mapping: {
      batchSize: Number(at(mapping, 'BatchSize')),
      maximumConcurrency: Number(at(mapping, 'ScalingConfig.MaximumConcurrency')),
    },
  }
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
  const name = referent(value) ?? ''
  const known = references[name] ?? at(parameters, `${name}.Default`)
  if (known === undefined) throw new Error(`Cannot resolve "${name}": it stands for nothing here`)
  return String(known)
}
