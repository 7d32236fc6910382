// The packager reads this file itself, so it is JavaScript.

const OURS = [
  'arn',
  { Ref: 'AWS::Partition' },
  'secretsmanager',
  { Ref: 'AWS::Region' },
  { Ref: 'AWS::AccountId' },
]

/** A name stands for its ARN in this account and region; Secrets Manager chooses the last six characters. */
const secretArn = (id) =>
  id.startsWith('arn:') ? id : { 'Fn::Join': [':', [...OURS, 'secret', `${id}-??????`]] }

const arnsOf = (secretIds) =>
  secretIds
    .split(',')
    .map((id) => id.trim())
    .filter((id) => id !== '')
    .map(secretArn)

export const ownerSecretArns = async ({ resolveConfigurationProperty: resolve }) =>
  arnsOf(await resolve(['custom', 'ownerSecretIds']))

export const readSecretArns = async ({ resolveConfigurationProperty: resolve }) =>
  arnsOf(await resolve(['custom', 'readSecretIds']))

export const callerSecretArns = async ({ resolveConfigurationProperty: resolve }) => [
  ...arnsOf(await resolve(['custom', 'scimSecretId'])),
  ...arnsOf(await resolve(['custom', 'hookSecretId'])),
]
