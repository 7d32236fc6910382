import { expect, test } from 'vitest'
import { startHttpGateway } from '../../../infra/local/http-gateway.ts'
import { ORG } from '../../support/cases.ts'
import { allQueued, queued } from './queue.ts'
import { expectSound, testOcsf } from './sound.ts'
import { type Stack, startStack } from './stack.ts'
import { told } from './told.ts'

const GRACE = 'grace@example.com'
const DEACTIVATION = {
  schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'],
  Operations: [{ op: 'Replace', path: 'active', value: 'False' }],
}

test('a deactivation over SCIM goes through the queue and ends in a removal', async () => {
  await using stack = await startStack({ listening: false })
  await using client = await scimClient(stack, stack.callers.scimToken)
  const found = await client.send('GET', `/Users?filter=${encodeURIComponent(`userName eq "${GRACE}"`)}`)
  const [user] = (found.body as { Resources: { id: string; active: boolean }[] }).Resources
  expect(user).toMatchObject({ active: true })

  const { status, body } = await client.send('PATCH', `/Users/${user?.id}`, DEACTIVATION)
  expect({ status, body }).toMatchObject({ status: 200, body: { id: user?.id, active: false } })
  expect(await queued(stack.aws, 'work')).toEqual({ waiting: 1, received: 0 })
  await stack.listen()

  expect(await told(stack, 1)).toMatchObject([
    { orgId: ORG, attempt: 1, kind: 'removed', evidence: 'answered' },
  ])
  await expectSound(stack, { [ORG]: [GRACE] })
})

test.each([
  { name: 'without a token', token: undefined },
  { name: 'with a wrong token', token: 'not-the-token' },
])('a deactivation $name is answered 401 and queues nothing', async ({ token }) => {
  await using stack = await startStack({ listening: false })
  await using client = await scimClient(stack, token)

  const { status } = await client.send('PATCH', '/Users/5e4bc367c6b0f41b00000001', DEACTIVATION)

  expect(status).toBe(401)
  expect(await allQueued(stack.aws)).toEqual({ waiting: 0, received: 0 })
  expect(stack.atlas.requests).toEqual([])
  await expectSound(stack)
})

testOcsf()

/** Sends to the packaged http function what a directory sends, as API Gateway hands it on. */
async function scimClient({ http }: Stack, token: string | undefined) {
  const gateway = await startHttpGateway(http)
  const headers = {
    'content-type': 'application/scim+json; charset=utf-8',
    ...(token !== undefined && { authorization: `Bearer ${token}` }),
  }
  return {
    async send(method: string, path: string, body?: object) {
      const sent = body === undefined ? {} : { body: JSON.stringify(body) }
      const reply = await fetch(`${gateway.url}/scim/v2${path}`, { method, headers, ...sent })
      return { status: reply.status, body: (await reply.json()) as unknown }
    },
    [Symbol.asyncDispose]: gateway.close,
  }
}
