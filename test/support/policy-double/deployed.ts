import { type Json, listOf, type Template, valueAt } from '../../../infra/check/template.ts'

const PSEUDO: Readonly<Record<string, string>> = {
  'AWS::Partition': 'aws',
  'AWS::Region': 'us-east-1',
  'AWS::AccountId': '111122223333',
  'AWS::URLSuffix': 'amazonaws.com',
  'AWS::StackName': 'atlas-offboarding-prod',
  'AWS::StackId': 'arn:aws:cloudformation:us-east-1:111122223333:stack/atlas-offboarding-prod/5b1e',
}
const HERE = `${PSEUDO['AWS::Region']}:${PSEUDO['AWS::AccountId']}`

/** A template as one account would deploy it: every reference is a value. */
export type Deployed = {
  /** Leaves out what `AWS::NoValue` stands for. */
  resolve(json: Json | undefined): Json | undefined
  /** Whether a condition of the template holds. */
  condition(name: string): boolean
  /** The ARN of a resource. */
  arnOf(id: string): string
  /** Resources of a type that are deployed, given the conditions. */
  resources(type: string): readonly { readonly id: string; readonly properties: Json }[]
}

/**
 * Deploys a template in thought.
 *
 * @param parameters - instead of their defaults
 */
export function deployed(template: Template, parameters: Readonly<Record<string, string>> = {}): Deployed {
  const self: Deployed = { resolve, condition, arnOf, resources }
  return self

  function resolve(json: Json | undefined): Json | undefined {
    if (Array.isArray(json))
      return json.flatMap((one: Json) => [resolve(one)].filter((value) => value !== undefined))
    if (typeof json !== 'object' || json === null) return json
    const [[name, argument] = []] = Object.entries(json)
    if (name === 'Ref') return reference(String(argument))
    if (name?.startsWith('Fn::')) return call(name, argument ?? null)
    const entries = Object.entries(json).map(([key, value]) => [key, resolve(value)] as const)
    return Object.fromEntries(entries.filter(([, value]) => value !== undefined)) as Json
  }

  function call(name: string, argument: Json): Json | undefined {
    const items = listOf(argument)
    switch (name) {
      case 'Fn::GetAtt':
        return attribute(String(items[0]), String(items[1]))
      case 'Fn::Sub':
        return substitute(String(items[0]), items[1] as Readonly<Record<string, Json>> | undefined)
      case 'Fn::Join':
        return listOf(resolve(items[1])).join(String(items[0]))
      case 'Fn::Split':
        return String(resolve(items[1])).split(String(items[0]))
      case 'Fn::Select':
        return listOf(resolve(items[1]))[Number(items[0])]
      case 'Fn::If':
        return resolve(condition(String(items[0])) ? items[1] : items[2])
      default:
        throw new Error(`Cannot resolve "${name}"`)
    }
  }

  function condition(name: string): boolean {
    return truth(valueAt(template.Conditions, name) ?? null)
  }

  function truth(json: Json): boolean {
    const [[name, argument] = []] = Object.entries(Object(json)) as [string, Json][]
    const items = listOf(argument)
    switch (name) {
      case 'Condition':
        return condition(String(argument))
      case 'Fn::Not':
        return !truth(items[0] ?? null)
      case 'Fn::Equals':
        return resolve(items[0]) === resolve(items[1])
      default:
        throw new Error(`Cannot decide "${name}"`)
    }
  }

  function reference(name: string): Json | undefined {
    if (name === 'AWS::NoValue') return undefined
    const parameter = valueAt(template.Parameters, name)
    if (parameter === undefined) return PSEUDO[name] ?? identifier(name)
    const value = parameters[name] ?? valueAt(parameter, 'Default') ?? ''
    const isList = valueAt(parameter, 'Type') === 'CommaDelimitedList'
    return isList
      ? String(value)
          .split(',')
          .map((one) => one.trim())
      : value
  }

  function substitute(text: string, variables: Readonly<Record<string, Json>> = {}): string {
    return text.replace(/\$\{(!?)([^}]+)\}/g, (_, literal: string, name: string) => {
      if (literal !== '') return `\${${name}}`
      if (name in variables) return String(resolve(variables[name]))
      const [id = '', field] = name.split('.')
      return String(field === undefined ? reference(name) : attribute(id, field))
    })
  }

  /** What `Ref` gives: a topic's ARN, a queue's URL, of most others the name. */
  function identifier(id: string): string {
    const type = valueAt(template.Resources[id], 'Type')
    if (type === 'AWS::SNS::Topic') return arnOf(id)
    if (type === 'AWS::SQS::Queue') return `https://sqs.${HERE.replace(':', '.amazonaws.com/')}/${nameOf(id)}`
    if (type === undefined) throw new Error(`Cannot resolve "${id}": not in the template`)
    return nameOf(id)
  }

  function attribute(id: string, name: string): string {
    if (name === 'Arn') return arnOf(id)
    if (name === 'RoleId') return `AROA${id.toUpperCase()}`
    return nameOf(id)
  }

  function nameOf(id: string): string {
    const properties = valueAt(template.Resources[id], 'Properties')
    const kind = String(valueAt(template.Resources[id], 'Type')).split('::').at(-1)
    const given = resolve(valueAt(properties, `${kind}Name`) ?? valueAt(properties, 'Name') ?? undefined)
    return given === undefined ? id.toLowerCase() : String(given)
  }

  function arnOf(id: string): string {
    const type = String(valueAt(template.Resources[id], 'Type'))
    const name = nameOf(id)
    switch (type) {
      case 'AWS::IAM::Role':
        return `arn:aws:iam::${PSEUDO['AWS::AccountId']}:role/${name}`
      case 'AWS::SQS::Queue':
        return `arn:aws:sqs:${HERE}:${name}`
      case 'AWS::SNS::Topic':
        return `arn:aws:sns:${HERE}:${name}`
      case 'AWS::DynamoDB::Table':
        return `arn:aws:dynamodb:${HERE}:table/${name}`
      case 'AWS::Events::EventBus':
        return `arn:aws:events:${HERE}:event-bus/${name}`
      case 'AWS::Events::Rule':
        return `arn:aws:events:${HERE}:rule/${busOf(id)}${name}`
      case 'AWS::S3::Bucket':
        return `arn:aws:s3:::${name}`
      case 'AWS::Logs::LogGroup':
        return `arn:aws:logs:${HERE}:log-group:${name}:*`
      case 'AWS::Lambda::Function':
        return `arn:aws:lambda:${HERE}:function:${name}`
      case 'AWS::KMS::Key':
        return `arn:aws:kms:${HERE}:key/${name}`
      case 'AWS::KinesisFirehose::DeliveryStream':
        return `arn:aws:firehose:${HERE}:deliverystream/${name}`
      default:
        throw new Error(`Cannot name "${id}": a ${type}`)
    }
  }

  function busOf(rule: string): string {
    const bus = resolve(valueAt(template.Resources[rule], 'Properties.EventBusName'))
    return bus === undefined ? '' : `${bus}/`
  }

  function resources(type: string) {
    return Object.entries(template.Resources)
      .filter(([, json]) => json.Type === type)
      .filter(([, json]) => typeof json.Condition !== 'string' || condition(json.Condition))
      .map(([id, json]) => ({ id, properties: resolve(json.Properties) ?? null }))
  }
}
