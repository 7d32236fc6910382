// The packager loads this file itself, so it is JavaScript.
import { SCHEMAS } from '../lib/config.ts'

const namesIn = (list) =>
  list
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '')

const WHOLE_ARN = /^arn:[a-z-]+:secretsmanager:[a-z0-9-]+:\d{12}:secret:[\w/+=.@-]+-[A-Za-z0-9]{6}$/
const SECRET_NAME = /^[\w/+=.@-]+$/

/** A partial ARN would work for the function's own call, and its role would refuse it. */
function secretProblem(where, id) {
  if (id.startsWith('arn:') ? WHOLE_ARN.test(id) : SECRET_NAME.test(id)) return []
  return [
    id.startsWith('arn:')
      ? `${where} is not a whole ARN: give the one that ends in "-" and six characters (aws secretsmanager describe-secret), or the secret's name alone`
      : `${where} is not the name of a secret: give its name or whole ARN`,
  ]
}

function orgProblems(name, list) {
  const { data, error } = SCHEMAS.departures.shape.ORGS.safeParse(list)
  if (error)
    return error.issues.map(({ message }) => `${name}: ${message}; give <organization id>=<secret>,…`)
  return data.flatMap(({ secretId }, index) =>
    secretProblem(`${name}: secret of entry ${index + 1}`, secretId),
  )
}

function organizationProblems({ orgs, readOrgs }) {
  if (orgs === '' && readOrgs === '') return []
  const given = { orgs, readOrgs }
  const wrong = Object.entries(given).flatMap(([name, list]) => orgProblems(name, list))
  if (wrong.length > 0) return wrong

  const [owners, readers] = [orgs, readOrgs].map((list) => SCHEMAS.departures.shape.ORGS.parse(list))
  const lacks = (name, some, others) =>
    others
      .filter(({ orgId }) => !some.some((one) => one.orgId === orgId))
      .map(({ orgId }) => `${name} lacks organization ${orgId}: give both lists the same organizations`)
  const shared = readers.findIndex(({ secretId }) => owners.some((owner) => owner.secretId === secretId))
  return [
    ...lacks('readOrgs', readers, owners),
    ...lacks('orgs', owners, readers),
    ...(shared < 0
      ? []
      : [
          `readOrgs: entry ${shared + 1} names a secret of orgs: give one whose credential is Organization Member only, because every function reads it`,
        ]),
  ]
}

function networkProblems({ subnetIds, securityGroupIds }) {
  const [subnets, groups] = [subnetIds, securityGroupIds].map(namesIn)
  if (subnets.length > 0 && groups.length === 0)
    return ['securityGroupIds is missing: functions in subnets need at least one security group, sg-…']
  if (groups.length > 0 && subnets.length === 0)
    return ['subnetIds is missing: security groups alone put no function into a network']
  return [
    ...subnets
      .filter((id) => !/^subnet-[0-9a-f]+$/.test(id))
      .map((id) => `subnetIds: "${id}" is not subnet-…`),
    ...groups.filter((id) => !/^sg-[0-9a-f]+$/.test(id)).map((id) => `securityGroupIds: "${id}" is not sg-…`),
  ]
}

function workerProblems(custom) {
  return ['intakeConcurrency', 'workConcurrency']
    .filter((name) => !/^\d+$/.test(String(custom[name])) || custom[name] < 2 || custom[name] > 1000)
    .map(
      (name) => `${name} must be a whole number from 2 to 1000: Lambda gives a queue no fewer than 2 workers`,
    )
}

const LAMBDA_ENVIRONMENT_BYTES = 4096
/** An ARN, a URL or a generated name, which is known only once it is deployed. */
const UNKNOWN_BYTES = 140

function bytesOf(value, parameters) {
  if (typeof value !== 'object') return Buffer.byteLength(String(value))
  const parameter = parameters?.[value.Ref]
  return parameter ? Buffer.byteLength(String(parameter.Default ?? '')) : UNKNOWN_BYTES
}

function environmentProblems({ Resources, Parameters }) {
  return Object.entries(Resources).flatMap(([id, { Type, Properties }]) => {
    if (Type !== 'AWS::Lambda::Function') return []
    const variables = Object.entries(Properties.Environment?.Variables ?? {})
    const bytes = variables.reduce(
      (sum, [key, value]) => sum + Buffer.byteLength(key) + bytesOf(value, Parameters),
      0,
    )
    if (bytes <= LAMBDA_ENVIRONMENT_BYTES) return []
    return [
      `${id}: environment of about ${bytes} bytes, and Lambda takes ${LAMBDA_ENVIRONMENT_BYTES}: name secrets by short names instead of ARNs, shorten the other lists, or deploy a second stack (--stage) for some organizations`,
    ]
  })
}

/**
 * Finds in the parameters what AWS would refuse late, or never.
 *
 * @param custom - the packager's own parameters, as `custom` in serverless.yml has them
 * @param template - the packaged template
 * @returns a line for each mistake, with what to give instead
 */
export function problemsWith(custom, template) {
  return [
    ...organizationProblems(custom),
    ...['scimSecretId', 'hookSecretId'].flatMap((name) => secretProblem(name, custom[name])),
    ...networkProblems(custom),
    ...workerProblems(custom),
    ...environmentProblems(template),
  ]
}

/** Makes packaging and deploying refuse them, before anything is uploaded. */
// biome-ignore lint/style/noDefaultExport: the packager takes a plug-in from there
export default class CheckParameters {
  constructor(serverless) {
    this.hooks = {
      'after:aws:package:finalize:mergeCustomProviderResources': () => {
        const { custom, provider } = serverless.service
        const problems = problemsWith(custom, provider.compiledCloudFormationTemplate)
        if (problems.length === 0) return
        throw new serverless.classes.Error(`Cannot package:\n  ${problems.join('\n  ')}`)
      },
    }
  }
}
