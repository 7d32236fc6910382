import { expect, test } from 'vitest'
import { ORG } from '../../support/cases.ts'
import { allQueued, queued } from './queue.ts'
import { patchOf, scimClient } from './scim-client.ts'
import { expectSound, testOcsf } from './sound.ts'
import { startStack } from './stack.ts'
import { told } from './told.ts'

const GRACE = 'grace@example.com'
const USER = 'urn:ietf:params:scim:schemas:core:2.0:User'
const DEACTIVATION = patchOf({ op: 'Replace', path: 'active', value: 'False' })

test('a deactivation over SCIM goes through the queue and ends in a removal', async () => {
  await using stack = await startStack({ listening: false })
  const client = scimClient(stack)
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
  { name: 'without a token', token: '' },
  { name: 'with a wrong token', token: 'not-the-token' },
])('a deactivation $name is answered 401 and queues nothing', async ({ token }) => {
  await using stack = await startStack({ listening: false })
  const client = scimClient(stack, token)

  const { status } = await client.send('PATCH', '/Users/5e4bc367c6b0f41b00000001', DEACTIVATION)

  expect(status).toBe(401)
  expect(await allQueued(stack.aws)).toEqual({ waiting: 0, received: 0 })
  expect(stack.atlas.requests).toEqual([])
  await expectSound(stack)
})

test.each([
  { name: 'in the value', operation: { op: 'replace', value: { [`${USER}.active`]: false } } },
  { name: 'in the path', operation: { op: 'replace', path: `${USER}.active`, value: false } },
])('a word that is nearly `active` is answered 400 and removes nobody: $name', async ({ operation }) => {
  await using stack = await startStack()

  const { status } = await scimClient(stack).deactivate(GRACE, operation)

  expect(status).toBe(400)
  expect(await told(stack, 1)).toMatchObject([{ kind: 'unreadable' }])
  await expectSound(stack)
})

test('another attribute does not matter, one value in a list has one meaning, and null means absent', async () => {
  await using stack = await startStack()
  const { deactivate, send, idOf } = scimClient(stack)
  const extension = 'urn:ietf:params:scim:schemas:extension:x:2.0:User:active_directory_id'

  const answers = [
    await deactivate(
      GRACE,
      { op: 'replace', path: 'active', value: 'False' },
      { op: 'replace', path: extension, value: 'S-1' },
    ),
    await deactivate('alan@example.com', {
      op: 'replace',
      path: 'active',
      value: [{ $ref: null, value: 'False' }],
    }),
    await send('PUT', `/Users/${idOf('edsger@example.com')}`, {
      userName: 'edsger@example.com',
      active: null,
    }),
  ]

  expect(answers.map(({ status, body }) => [status, body.active])).toEqual([
    [200, false],
    [200, false],
    [200, true],
  ])
  expect(await told(stack, 2)).toMatchObject([{ kind: 'removed' }, { kind: 'removed' }])
  await expectSound(stack, { [ORG]: [GRACE, 'alan@example.com'] })
})

test('a filter is answered where its meaning is plain, a bare + included; any other says what is wrong with it', async () => {
  await using stack = await startStack()
  const { send } = scimClient(stack)
  const found = async (filter: string) => (await send('GET', `/Users?filter=${filter}`)).body

  expect(await found('userName%20eq%20%22ada+test@example.com%22')).toMatchObject({ totalResults: 1 })
  for (const filter of [
    `(userName eq "${GRACE}")`,
    `userName eq ${GRACE}`,
    `userName eq "${GRACE}" and active eq true`,
  ])
    expect(await found(encodeURIComponent(filter))).toMatchObject({ totalResults: 1 })
  expect(await found(encodeURIComponent(`userName sw "grace"`))).toMatchObject({
    status: '400',
    detail: 'Expected the operator `eq`, not `sw`',
  })
})

test('who is deleted and held leaves the pages and their count, so that paging ends', async () => {
  await using stack = await startStack()
  const { send, idOf } = scimClient(stack)
  const shown = async () => {
    const names: string[] = []
    let total = Number.POSITIVE_INFINITY
    while (names.length < total) {
      const { body } = await send('GET', `/Users?startIndex=${names.length + 1}&count=5`)
      total = Number(body.totalResults)
      const page = body.Resources as readonly { readonly userName: string }[]
      if (page.length === 0) break
      names.push(...page.map(({ userName }) => userName))
    }
    return { names, total }
  }
  const before = await shown()

  await send('DELETE', `/Users/${idOf('ada@example.com')}`)
  expect(await told(stack, 1)).toMatchObject([{ kind: 'held', reason: 'privileged' }])

  const after = await shown()
  expect(after.total).toBe(after.names.length)
  expect(before.names.filter((name) => !after.names.includes(name))).toEqual(['ada@example.com'])
  await expectSound(stack)
})

test('an id that nobody bears is 404; while Atlas is down it is queued, and who was listed before is still read', async () => {
  await using stack = await startStack()
  const { deactivate, send, idOf } = scimClient(stack)
  expect((await deactivate('ghost@example.com')).status).toBe(404)
  expect((await send('GET', '/Users')).status).toBe(200)

  stack.atlas.script({ on: { path: '/api/atlas/*' }, times: Number.MAX_SAFE_INTEGER, status: 503 })

  expect(await send('GET', `/Users/${idOf(GRACE)}`)).toMatchObject({ status: 200, body: { active: true } })
  expect((await deactivate('ghost@example.com')).status).toBe(200)
  expect(await told(stack, 1)).toMatchObject([{ kind: 'deferred' }])
  await expectSound(stack)
})

testOcsf()
