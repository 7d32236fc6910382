// The packager reads this file itself, so it is JavaScript. infra/parameter-problems.ts refuses what is wrong.

/** What stands in the template when no organization was given: it can be packaged and, by the parameter below, not deployed. */
const EXAMPLE = '32b6e34b3d91647abb20e7b8=atlas-offboarding/'

const OURS = [
  'arn',
  { Ref: 'AWS::Partition' },
  'secretsmanager',
  { Ref: 'AWS::Region' },
  { Ref: 'AWS::AccountId' },
]

const namesIn = (list) =>
  list
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '')

/** A name stands for its ARN in this account and region; Secrets Manager chooses the last six characters. */
const secretArn = (id) =>
  id.startsWith('arn:') ? id : { 'Fn::Join': [':', [...OURS, 'secret', `${id}-??????`]] }

/** `<orgId>=<secretId>,…` to the secrets' ARNs. A secret's name may have `=` in it. */
const arnsOf = (orgs) => namesIn(orgs).map((entry) => secretArn(entry.slice(entry.indexOf('=') + 1).trim()))

const given = (name, use) => async (resolve) => (await resolve(['custom', name])) || `${EXAMPLE}${use}`
const owners = given('orgs', 'owner')
const readers = given('readOrgs', 'read')

export const orgs = ({ resolveConfigurationProperty: resolve }) => owners(resolve)
export const readOrgs = ({ resolveConfigurationProperty: resolve }) => readers(resolve)

export const ownerSecretArns = async ({ resolveConfigurationProperty: resolve }) =>
  arnsOf(await owners(resolve))

export const readSecretArns = async ({ resolveConfigurationProperty: resolve }) =>
  arnsOf(await readers(resolve))

export const callerSecretArns = async ({ resolveConfigurationProperty: resolve }) =>
  [await resolve(['custom', 'scimSecretId']), await resolve(['custom', 'hookSecretId'])].map(secretArn)

export const hrSecretArn = async ({ resolveConfigurationProperty: resolve }) =>
  secretArn(await resolve(['custom', 'hrSecretId']))

/** Roles name each secret, so organizations are fixed at packaging: a stack packaged without any cannot be deployed. */
export const parameter = async ({ resolveConfigurationProperty: resolve }) => ({
  Description: 'Left alone: yes once organizations were given at packaging (--param orgs=…)',
  Type: 'String',
  AllowedValues: ['yes'],
  ...((await resolve(['custom', 'orgs'])) !== '' && { Default: 'yes' }),
})
