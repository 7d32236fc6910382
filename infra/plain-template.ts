import { basename } from 'node:path'
import { type Json, type Template, valueAt } from './check/template.ts'
import { NETWORK_STATEMENT } from './network-statement.ts'
import { PLAIN_PARAMETERS } from './plain-parameters.ts'

type Properties = Readonly<Record<string, Json>>

const ref = (name: keyof typeof PLAIN_PARAMETERS): Json => ({ Ref: name })
const list = (name: keyof typeof PLAIN_PARAMETERS): Json => ({ 'Fn::Split': [',', ref(name)] })
const inNetwork = (json: Json): Json => ({ 'Fn::If': ['InNetwork', json, { Ref: 'AWS::NoValue' }] })
const secretArn = (name: 'ScimSecretId' | 'HookSecretId' | 'HrSecretId'): Json => {
  const id = `secret:\${${name}}-??????`
  return { 'Fn::Sub': `arn:\${AWS::Partition}:secretsmanager:\${AWS::Region}:\${AWS::AccountId}:${id}` }
}

/** Environment variables that the packager fills in, each with the parameter that replaces its value. */
const VARIABLES: Properties = {
  ORGS: ref('Orgs'),
  READ_ORGS: ref('ReadOrgs'),
  SCIM_SECRET_ID: ref('ScimSecretId'),
  HOOK_SECRET_ID: ref('HookSecretId'),
  HR_SECRET_ID: ref('HrSecretId'),
}
/** The secrets that a role may read, by the `Sid` of its statement. */
const SECRETS: Properties = {
  ReadOwnerSecrets: ref('OwnerSecretArns'),
  ReadReadSecrets: ref('ReadSecretArns'),
  ReadCallerSecrets: [secretArn('ScimSecretId'), secretArn('HookSecretId')],
  ReadHrSecret: secretArn('HrSecretId'),
}

/**
 * Turns the packager's template into one that CloudFormation deploys without the packager: the place of the code and the ids of the
 * secrets become parameters, and the packager's own resources are left out.
 *
 * @param code - the folder of the zips under `CodePrefix`, named after their content so that new code is an update
 */
export function plainTemplate(template: Template, code: string): Template {
  const { HasOrganizations: _, ...parameters } = template.Parameters as Properties
  const isOurs = ([id]: readonly [string, unknown]) => !id.startsWith('ServerlessDeployment')
  const resources = Object.entries(template.Resources).filter(isOurs)
  const outputs = Object.entries(template.Outputs as Properties).filter(isOurs)
  return {
    AWSTemplateFormatVersion: '2010-09-09',
    Description: 'atlas-offboarding: takes the MongoDB Atlas access of leavers away',
    Parameters: { ...PLAIN_PARAMETERS, ...parameters },
    Conditions: {
      ...(template.Conditions as Properties),
      InNetwork: { 'Fn::Not': [{ 'Fn::Equals': [ref('SubnetIds'), ''] }] },
    },
    Resources: Object.fromEntries(resources.map(([id, resource]) => [id, plainResource(resource, code)])),
    Outputs: Object.fromEntries(outputs.map(([id, output]) => [id, withoutExport(output)])),
  }
}

function withoutExport(output: Json): Json {
  const { Export: _, ...others } = output as Properties
  return others
}

function plainResource(resource: Properties, code: string): Properties {
  const properties = resource.Properties as Properties
  switch (resource.Type) {
    case 'AWS::Lambda::Function':
      return { ...resource, Properties: plainFunction(properties, code) }
    case 'AWS::IAM::Role':
      return { ...resource, Properties: plainRole(properties) }
    case 'AWS::Lambda::EventSourceMapping': {
      const isWork = valueAt(properties, 'EventSourceArn.Fn::GetAtt.0') === 'WorkQueue'
      const workers = ref(isWork ? 'WorkConcurrency' : 'IntakeConcurrency')
      return { ...resource, Properties: { ...properties, ScalingConfig: { MaximumConcurrency: workers } } }
    }
    case 'AWS::Logs::LogGroup':
      return typeof properties.RetentionInDays === 'number'
        ? { ...resource, Properties: { ...properties, RetentionInDays: ref('LogRetentionDays') } }
        : resource
    default:
      return resource
  }
}

function plainFunction(properties: Properties, code: string): Properties {
  const zip = basename(String(valueAt(properties, 'Code.S3Key')))
  const variables = Object.entries(Object(valueAt(properties, 'Environment.Variables'))) as [string, Json][]
  return {
    ...properties,
    Code: { S3Bucket: ref('CodeBucket'), S3Key: { 'Fn::Sub': `\${CodePrefix}${code}/${zip}` } },
    Environment: {
      Variables: Object.fromEntries(variables.map(([key, value]) => [key, VARIABLES[key] ?? value])),
    },
    VpcConfig: inNetwork({ SubnetIds: list('SubnetIds'), SecurityGroupIds: list('SecurityGroupIds') }),
  }
}

function plainRole(properties: Properties): Properties {
  const policies = (properties.Policies ?? []) as readonly Properties[]
  const Policies = policies.map((policy) => {
    const document = policy.PolicyDocument as Properties
    const statements = document.Statement as readonly Json[]
    return { ...policy, PolicyDocument: { ...document, Statement: statements.map(plainStatement) } }
  })
  return Policies.length === 0 ? properties : { ...properties, Policies }
}

/** The packager writes either the network statement or `AWS::NoValue`. Here the condition `InNetwork` decides. */
function plainStatement(statement: Json): Json {
  const sid = String(valueAt(statement, 'Sid'))
  if (valueAt(statement, 'Ref') === 'AWS::NoValue' || sid === NETWORK_STATEMENT.Sid)
    return inNetwork(NETWORK_STATEMENT)
  const Resource = SECRETS[sid]
  return Resource === undefined ? statement : { ...(statement as Properties), Resource }
}
