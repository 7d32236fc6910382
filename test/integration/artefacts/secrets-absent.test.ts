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
const THREE_MINUTES_MS = 180_000

test('without any secret a departure waits for each organization, and is done once the secrets are there', async () => {
  const orgs = twoOrgs()
  const { secrets } = secretsOf(orgs)
  const absent = Object.fromEntries(Object.keys(secrets).map((id) => [id, undefined]))
  await using stack = await startStack({ orgs, secrets: absent })

  await stack.departs(GRACE)
  expect(await told(stack, 2)).toEqual(expect.arrayContaining([waitingFor(ORG), waitingFor(OTHER_ORG)]))
  expect(stack.atlas.requests).toEqual([])
  await swept(stack)
  expect(alarming(stack)).toEqual({ OpenTasks: { deferred: 2 }, StoppedOrgs: {} })
  await expectSound(stack)

  for (const [id, text] of Object.entries(secrets)) stack.aws.secrets.put(id, text)
  // A worker that was not told that they are absent: the others would look again after ten seconds.
  stack.departures.kill()
  await letTimePass(stack.aws, THREE_MINUTES_MS)
  await swept(stack)
  const removed = { attempt: 2, kind: 'removed', evidence: 'answered' }
  expect((await told(stack, 4)).slice(2)).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ orgId: ORG, ...removed }),
      expect.objectContaining({ orgId: OTHER_ORG, ...removed }),
    ]),
  )
  await expectSound(stack, { [ORG]: [GRACE], [OTHER_ORG]: [GRACE] })
})

testOcsf()

function waitingFor(orgId: string): unknown {
  return expect.objectContaining({ orgId, attempt: 1, kind: 'deferred', code: 'SECRET_NOT_FOUND' })
}

type Metric = {
  readonly kind?: string
  readonly outcome?: string
  readonly [name: string]: unknown
}

/** What the sweep measured last, as CloudWatch's alarms see it: by metric and dimension. */
function alarming({ sweep }: Stack): Readonly<Record<string, Readonly<Record<string, unknown>>>> {
  const metrics = sweep.logs
    .filter((line) => line.includes('"CloudWatchMetrics"'))
    .map((line) => JSON.parse(line) as Metric)
  const valuesOf = (name: string) =>
    Object.fromEntries(
      metrics
        .filter((one) => name in one && (one.kind ?? 'case') === 'case')
        .map((one) => [one.outcome ?? '', one[name]]),
    )
  return { OpenTasks: valuesOf('OpenTasks'), StoppedOrgs: valuesOf('StoppedOrgs') }
}
