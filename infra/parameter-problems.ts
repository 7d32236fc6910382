import type { ZodMiniType } from 'zod/mini'
import { type OrgSecret, SCHEMAS } from '../lib/config.ts'
import { type Json, keysOf, type Template, valueAt } from './check/template.ts'

/** The packager's own parameters, as `custom` in serverless.yml has them. */
export type PackagingParameters = {
  readonly orgs: string
  readonly readOrgs: string
  readonly scimSecretId: string
  readonly hookSecretId: string
  readonly hrSecretId: string
  readonly subnetIds: string
  readonly securityGroupIds: string
  readonly intakeConcurrency: number | string
  readonly workConcurrency: number | string
}

const { ORGS } = SCHEMAS.departures.shape

const namesIn = (list: string): readonly string[] =>
  list
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '')

const WHOLE_ARN = /^arn:[a-z-]+:secretsmanager:[a-z0-9-]+:\d{12}:secret:[\w/+=.@-]+-[A-Za-z0-9]{6}$/
const SECRET_NAME = /^[\w/+=.@-]{1,512}$/

/** A name in one list may mean the secret whose ARN is in another. */
function isSameSecret(one: string, other: string): boolean {
  const nameOf = (id: string) => id.replace(/^arn:.*:secret:(.*)-[A-Za-z0-9]{6}$/, '$1')
  const isMixed = one.startsWith('arn:') !== other.startsWith('arn:')
  return one === other || (isMixed && nameOf(one) === nameOf(other))
}

/** A partial ARN would work for the function's own call, and its role would refuse it. */
function secretProblem(where: string, id: string): readonly string[] {
  if (id.startsWith('arn:') ? WHOLE_ARN.test(id) : SECRET_NAME.test(id)) return []
  return [
    id.startsWith('arn:')
      ? `${where} is not a whole ARN: give the one that ends in "-" and six characters (aws secretsmanager describe-secret), or the secret's name alone`
      : `${where} is not the name of a secret: give its name or whole ARN`,
  ]
}

const CALLERS = ['scimSecretId', 'hookSecretId', 'hrSecretId'] as const

function orgProblems(name: string, list: string): readonly string[] {
  const { data, error } = ORGS.safeParse(list)
  if (error)
    return error.issues.map(({ message }) => `${name}: ${message}; give <organization id>=<secret>,…`)
  return data.flatMap(({ secretId }, index) =>
    secretProblem(`${name}: secret of entry ${index + 1}`, secretId),
  )
}

function organizationProblems({ orgs, readOrgs, ...others }: PackagingParameters): readonly string[] {
  if (orgs === '' && readOrgs === '') return []
  const given = { orgs, readOrgs }
  const wrong = Object.entries(given).flatMap(([name, list]) => orgProblems(name, list))
  if (wrong.length > 0) return wrong

  const [owners, readers] = [ORGS.parse(orgs), ORGS.parse(readOrgs)]
  const lacks = (name: string, some: readonly OrgSecret[], others: readonly OrgSecret[]) =>
    others
      .filter(({ orgId }) => !some.some((one) => one.orgId === orgId))
      .map(({ orgId }) => `${name} lacks organization ${orgId}: give both lists the same organizations`)
  const isOwners = (id: string) => owners.some(({ secretId }) => isSameSecret(secretId, id))
  const shared = readers.findIndex(({ secretId }) => isOwners(secretId))
  return [
    ...lacks('readOrgs', readers, owners),
    ...lacks('orgs', owners, readers),
    ...(shared < 0
      ? []
      : [
          `readOrgs: entry ${shared + 1} names a secret of orgs: give one whose credential is Organization Member only, because every function reads it`,
        ]),
    ...CALLERS.filter((name) => isOwners(others[name])).map(
      (name) => `${name} names a secret of orgs: give one of its own, because another function reads it`,
    ),
  ]
}

function networkProblems({ subnetIds, securityGroupIds }: PackagingParameters): readonly string[] {
  const [subnets, groups] = [namesIn(subnetIds), namesIn(securityGroupIds)]
  if (subnets.length > 0 && groups.length === 0)
    return ['securityGroupIds is missing: functions in subnets need at least one security group, sg-…']
  if (groups.length > 0 && subnets.length === 0)
    return ['subnetIds is missing: security groups alone put no function into a network']
  // @see https://docs.aws.amazon.com/lambda/latest/api/API_VpcConfig.html
  const most = (name: string, ids: readonly string[], limit: number) =>
    ids.length > limit ? [`${name}: ${ids.length} are given, and Lambda takes ${limit}`] : []
  return [
    ...most('subnetIds', subnets, 16),
    ...most('securityGroupIds', groups, 5),
    ...subnets
      .filter((id) => !/^subnet-[0-9a-f]+$/.test(id))
      .map((id) => `subnetIds: "${id}" is not subnet-…`),
    ...groups.filter((id) => !/^sg-[0-9a-f]+$/.test(id)).map((id) => `securityGroupIds: "${id}" is not sg-…`),
  ]
}

function workerProblems(parameters: PackagingParameters): readonly string[] {
  return (['intakeConcurrency', 'workConcurrency'] as const)
    .filter((name) => !/^([2-9]|[1-9]\d{1,2}|1000)$/.test(String(parameters[name])))
    .map(
      (name) => `${name} must be a whole number from 2 to 1000: Lambda gives a queue no fewer than 2 workers`,
    )
}

const SETTINGS = new Map<string, ZodMiniType>(
  Object.values(SCHEMAS).flatMap(({ shape }) => Object.entries(shape)),
)

/** Parameters that the functions would refuse when they start, once they are deployed. */
function settingProblems({ Parameters }: Template): readonly string[] {
  return keysOf(Parameters).flatMap((name) => {
    const schema = SETTINGS.get(name.replace(/(?!^)[A-Z]/g, '_$&').toUpperCase())
    const given = valueAt(Parameters, `${name}.Default`)
    const read = given === undefined ? undefined : schema?.safeParse(String(given))
    const said = `${name.charAt(0).toLowerCase()}${name.slice(1)}`
    return read?.error?.issues.map(({ message }) => `${said} ${message}`) ?? []
  })
}

const LAMBDA_ENVIRONMENT_BYTES = 4096
/** An ARN, a URL or a generated name, which is known only once it is deployed. */
const UNKNOWN_BYTES = 140

function bytesOf(value: Json, parameters: Json | undefined): number {
  if (typeof value !== 'object') return Buffer.byteLength(String(value))
  const parameter = valueAt(parameters, String(valueAt(value, 'Ref')))
  return parameter === undefined
    ? UNKNOWN_BYTES
    : Buffer.byteLength(String(valueAt(parameter, 'Default') ?? ''))
}

/** Functions whose environment Lambda would not take. */
export function environmentProblems({ Resources, Parameters }: Template): readonly string[] {
  return Object.entries(Resources).flatMap(([id, json]) => {
    const variables = Object.entries(Object(valueAt(json, 'Properties.Environment.Variables'))) as [
      string,
      Json,
    ][]
    const sizes = variables.map(([key, value]) => Buffer.byteLength(key) + bytesOf(value, Parameters))
    const bytes = sizes.reduce((sum, one) => sum + one, 0)
    if (bytes <= LAMBDA_ENVIRONMENT_BYTES) return []
    return [
      `${id}: environment of about ${bytes} bytes, and Lambda takes ${LAMBDA_ENVIRONMENT_BYTES}: name secrets by short names instead of ARNs, shorten the other lists, or deploy a second stack (--stage) for some organizations`,
    ]
  })
}

/**
 * Finds mistakes in the parameters that AWS would refuse late, or never.
 *
 * @param template - the packaged template
 * @returns a line for each mistake, with what to give instead
 */
export function problemsWith(parameters: PackagingParameters, template: Template): readonly string[] {
  return [
    ...organizationProblems(parameters),
    ...CALLERS.flatMap((name) => secretProblem(name, parameters[name])),
    ...networkProblems(parameters),
    ...workerProblems(parameters),
    ...settingProblems(template),
    ...environmentProblems(template),
  ]
}
