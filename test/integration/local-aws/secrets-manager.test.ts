import {
  CreateSecretCommand,
  DeleteSecretCommand,
  DescribeSecretCommand,
  GetResourcePolicyCommand,
  GetSecretValueCommand,
  ListSecretsCommand,
  PutResourcePolicyCommand,
  PutSecretValueCommand,
  ResourceNotFoundException,
  RestoreSecretCommand,
  RotateSecretCommand,
} from '@aws-sdk/client-secrets-manager'
import { expect, test } from 'vitest'
import { exampleOrg } from '../../../infra/local/atlas/example-org.ts'
import { atlasState } from '../../../infra/local/atlas/state.ts'
import { rotated, secretsOf } from '../../../infra/local/secrets.ts'
import { localAws, secretsClient } from './local-aws-fixture.ts'

test('GetSecretValue answers the current version, by name and by ARN', async () => {
  await using aws = await localAws({ secrets: { 'atlas/owner': 'v1' } })
  const client = secretsClient(aws)

  const byName = await client.send(new GetSecretValueCommand({ SecretId: 'atlas/owner' }))
  aws.secrets.put('atlas/owner', 'v2')
  const byArn = await client.send(new GetSecretValueCommand({ SecretId: byName.ARN }))

  expect(byName).toMatchObject({ Name: 'atlas/owner', SecretString: 'v1', VersionStages: ['AWSCURRENT'] })
  expect(byArn.SecretString).toBe('v2')
  expect(byArn.VersionId).not.toBe(byName.VersionId)
})

test('PutSecretValue makes a new current version', async () => {
  await using aws = await localAws({ secrets: { 'scim/token': 'old' } })
  const client = secretsClient(aws)

  const put = await client.send(new PutSecretValueCommand({ SecretId: 'scim/token', SecretString: 'new' }))

  const described = await client.send(new DescribeSecretCommand({ SecretId: 'scim/token' }))
  expect(aws.secrets.get('scim/token')).toBe('new')
  expect(described.VersionIdsToStages).toEqual({ [put.VersionId ?? '']: ['AWSCURRENT'] })
})

test('GetSecretValue answers ResourceNotFoundException for a secret that was removed', async () => {
  await using aws = await localAws({ secrets: { 'atlas/owner': 'v1' } })
  aws.secrets.remove('atlas/owner')

  const answer = secretsClient(aws).send(new GetSecretValueCommand({ SecretId: 'atlas/owner' }))

  await expect(answer).rejects.toThrow(ResourceNotFoundException)
  await expect(answer).rejects.toThrow("Secrets Manager can't find the specified secret.")
})

test('a secret is created once, listed, and deleted', async () => {
  await using aws = await localAws({ secrets: { 'atlas/owner': 'v1' } })
  const client = secretsClient(aws)
  const create = () => client.send(new CreateSecretCommand({ Name: 'scim/token', SecretString: 'new' }))

  await create()

  expect(aws.secrets.get('scim/token')).toBe('new')
  const { SecretList } = await client.send(new ListSecretsCommand({}))
  expect(SecretList?.map(({ Name }) => Name)).toEqual(['atlas/owner', 'scim/token'])
  await expect(create()).rejects.toThrow('already exists')
  await client.send(new DeleteSecretCommand({ SecretId: 'scim/token' }))
  expect(aws.secrets.get('scim/token')).toBeUndefined()
})

test('a service account is rotated, and nothing else', async () => {
  const rotate = (value: string) => (value === 'v1' ? 'v2' : undefined)
  await using aws = await localAws({ secrets: { 'atlas/owner': 'v1', 'scim/tokens': 't' }, rotate })
  const rotated = (SecretId: string) => secretsClient(aws).send(new RotateSecretCommand({ SecretId }))

  expect(await rotated('atlas/owner')).toMatchObject({ Name: 'atlas/owner', VersionId: expect.any(String) })
  expect(aws.secrets.get('atlas/owner')).toBe('v2')
  await expect(rotated('scim/tokens')).rejects.toThrow('No "RotateSecret" here for scim/tokens')
})

test('the local stack rotates a service account as Atlas then knows it, and no other secret', () => {
  const org = exampleOrg()
  const state = atlasState({ orgs: [org], tokenLifetimeSeconds: 3_600, now: () => new Date(0) })
  const [owner = ''] = Object.values(secretsOf([org]).secrets)

  const { clientId, clientSecret, orgId } = JSON.parse(rotated(state, owner) ?? '{}')

  expect([clientSecret === JSON.parse(owner).clientSecret, orgId]).toEqual([false, org.orgId])
  expect(state.credential(clientId)?.secret).toBe(clientSecret)
  expect(rotated(state, '{"tokens":{}}')).toBeUndefined()
})

test('a resource policy is kept', async () => {
  await using aws = await localAws({ secrets: { 'atlas/owner': 'v1' } })
  const policy = { SecretId: 'atlas/owner', ResourcePolicy: '{"Version":"2012-10-17"}' }

  await secretsClient(aws).send(new PutResourcePolicyCommand(policy))

  const kept = await secretsClient(aws).send(new GetResourcePolicyCommand({ SecretId: 'atlas/owner' }))
  expect(kept).toMatchObject({ Name: 'atlas/owner', ResourcePolicy: policy.ResourcePolicy })
})

test('what this Secrets Manager cannot do is refused by name', async () => {
  await using aws = await localAws({ secrets: { 'atlas/owner': 'v1' } })

  const restored = secretsClient(aws).send(new RestoreSecretCommand({ SecretId: 'atlas/owner' }))

  await expect(restored).rejects.toThrow('No "RestoreSecret" here')
})
