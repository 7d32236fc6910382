import { expect, test } from 'vitest'
import { secretsOf } from '../../../infra/local/secrets.ts'
import { ORG, OTHER_ORG } from '../../support/cases.ts'
import { letTimePass } from './ledger-items.ts'
import { expectSound, testOcsf } from './sound.ts'
import { type Stack, startStack } from './stack.ts'
import { swept } from './swept.ts'
import { told } from './told.ts'
import { twoOrgs } from './two-orgs.ts'

const GRACE = 'grace@example.com'

test('without any secret a departure waits for each organization, and is done once the secrets are there', async () => {
  const orgs = twoOrgs()
  const { secrets } = secretsOf(orgs)
  const absent = Object.fromEntries(Object.keys(secrets).map((id) => [id, undefined]))
  await using stack = await startStack({ orgs, secrets: absent })

  await stack.departs(GRACE)
  expect(await told(stack, 2)).toEqual(expect.arrayContaining([waitingFor(ORG), waitingFor(OTHER_ORG)]))
  expect(stack.atlas.requests).toEqual([])
  await swept(stack)
  expect(alarming(stack)).toMatchObject({ OpenCases: { deferred: 2 }, StoppedOrgs: { unread: 2 } })
  await expectSound(stack)

  for (const [id, text] of Object.entries(secrets)) stack.aws.secrets.put(id, text)
  // A worker that was not told that they are absent: the others would look again after ten seconds.
  stack.departures.kill()
  await letTimePass(stack.aws, 60_000)
  await swept(stack)
  expect((await told(stack, 6)).slice(2)).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ orgId: ORG, attempt: 1, kind: 'removed' }),
      expect.objectContaining({ orgId: OTHER_ORG, attempt: 1, kind: 'removed' }),
      expect.objectContaining({ orgId: ownerSecretOf(ORG), attempt: 2, kind: 'cancelled', by: 'system' }),
      expect.objectContaining({
        orgId: ownerSecretOf(OTHER_ORG),
        attempt: 2,
        kind: 'cancelled',
        by: 'system',
      }),
    ]),
  )
  await expectSound(stack, { [ORG]: [GRACE], [OTHER_ORG]: [GRACE] })
})

testOcsf()

/** Until it can be read, the secret stands in for the organization that it opens. */
function waitingFor(orgId: string): unknown {
  const place = { orgId: ownerSecretOf(orgId), attempt: 1 }
  return expect.objectContaining({ ...place, kind: 'deferred', code: 'SECRET_NOT_FOUND' })
}

function ownerSecretOf(orgId: string): string {
  return `atlas-offboarding/${orgId}/owner`
}

type Metric = { readonly kind?: string; readonly why?: string; readonly [name: string]: unknown }

/** What the sweep measured last, as CloudWatch's alarms see it: by metric and dimension. */
function alarming({ sweep }: Stack): Readonly<Record<string, Readonly<Record<string, unknown>>>> {
  const metrics = sweep.logs
    .filter((line) => line.includes('"CloudWatchMetrics"'))
    .map((line) => JSON.parse(line) as Metric)
  const valuesOf = (name: string) =>
    Object.fromEntries(
      metrics.filter((one) => name in one).map((one) => [one.kind ?? one.why ?? '', one[name]]),
    )
  return { OpenCases: valuesOf('OpenCases'), StoppedOrgs: valuesOf('StoppedOrgs') }
}
