import { expect, test } from 'vitest'
import { exampleOrg } from '../../../infra/local/atlas/example-org.ts'
import { secretsOf } from '../../../infra/local/secrets.ts'
import { ORG, OTHER_ORG } from '../../support/cases.ts'
import { letTimePass } from './ledger-items.ts'
import { answersTo } from './requests.ts'
import { expectSound, testOcsf } from './sound.ts'
import { type Stack, startStack } from './stack.ts'
import { swept } from './swept.ts'
import { told } from './told.ts'
import { twoOrgs } from './two-orgs.ts'

const TWO_HOURS_MS = 7_200_000
const THREE_MINUTES_MS = 180_000

test('a token that expired at Atlas costs one more token, and loses nobody', async () => {
  let aheadMs = 0
  await using stack = await startStack({ atlas: { now: () => new Date(Date.now() + aheadMs) } })
  await stack.departs('grace@example.com')
  await told(stack, 1)

  aheadMs = TWO_HOURS_MS
  await stack.departs('alan@example.com')

  expect(await told(stack, 2)).toMatchObject([
    { kind: 'removed' },
    { attempt: 1, kind: 'removed', evidence: 'answered' },
  ])
  expect(answersTo(stack, 'createToken')).toEqual([200, 200])
  expect(answersTo(stack, 'listOrgUsers').filter((status) => status === 401)).toHaveLength(1)
  await expectSound(stack, { [ORG]: ['grace@example.com', 'alan@example.com'] })
})

test('a secret rotated mid-run is read again once the old one is refused', async () => {
  await using stack = await startStack({ atlas: { tokenLifetimeSeconds: 20 } })
  await stack.departs('grace@example.com')
  await told(stack, 1)

  rotate(stack)
  await tokenUsedUp(stack)
  stack.atlas.clearRequests()
  await stack.departs('alan@example.com')

  expect(await told(stack, 2)).toMatchObject([
    { kind: 'removed' },
    { attempt: 1, kind: 'removed', evidence: 'answered' },
  ])
  expect(answersTo(stack, 'createToken').slice(0, 2)).toEqual([401, 200])
  await expectSound(stack, { [ORG]: ['grace@example.com', 'alan@example.com'] })
})

test('an unreadable secret defers its own organization only, until it is repaired', async () => {
  const orgs = twoOrgs()
  const broken = `atlas-offboarding/${OTHER_ORG}/owner`
  await using stack = await startStack({ orgs, secrets: { [broken]: '{ "clientId": ' } })

  await stack.departs('grace@example.com')
  expect(await told(stack, 2)).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ orgId: ORG, attempt: 1, kind: 'removed' }),
      expect.objectContaining({ orgId: OTHER_ORG, attempt: 1, kind: 'deferred', code: 'SECRET_NOT_JSON' }),
    ]),
  )
  await expectSound(stack, { [ORG]: ['grace@example.com'] })

  stack.aws.secrets.put(broken, secretsOf(orgs).secrets[broken] ?? '')
  // A worker that has not read the broken one: the other would look again after ten seconds.
  stack.departures.kill()
  await letTimePass(stack.aws, THREE_MINUTES_MS)
  await swept(stack)
  expect((await told(stack, 3)).slice(2)).toMatchObject([
    { orgId: OTHER_ORG, attempt: 2, kind: 'removed', evidence: 'answered' },
  ])
  await expectSound(stack, { [ORG]: ['grace@example.com'], [OTHER_ORG]: ['grace@example.com'] })
})

testOcsf()

/** As a rotation does: a new secret at Atlas, where the old one fails at once, and in Secrets Manager. */
function rotate({ atlas, aws }: Stack) {
  const { serviceAccounts, ...org } = exampleOrg()
  const clientSecret = 'mdb_sa_sk_example-rotated_secret'
  const rotated = serviceAccounts.map((account) => ({ ...account, clientSecret }))
  atlas.state.rotateSecret(serviceAccounts[0].clientId, clientSecret)
  for (const [id, secret] of Object.entries(secretsOf([{ ...org, serviceAccounts: rotated }]).secrets))
    aws.secrets.put(id, secret)
}

/** A client uses half of so short a life, of 20 s; then it needs another token, for which it has only the old secret. */
async function tokenUsedUp({ atlas }: Stack) {
  const minted = atlas.requests.findLast(({ operation }) => operation === 'createToken')?.at.getTime() ?? 0
  await expect.poll(() => Date.now() - minted, { timeout: 15_000, interval: 50 }).toBeGreaterThan(10_000)
}
