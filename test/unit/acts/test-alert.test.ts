import { expect, test } from 'vitest'
import { createWorld } from '../../support/world.ts'
import { onCall, REQUEST_ID } from './on-call.ts'

test('testAlert() tells the audit bus what every alert rule could match, and no person', async () => {
  const world = createWorld()

  const answer = await onCall(world).tells({ action: 'test_alert', by: 'grace@example.com' })

  expect(answer).toEqual({ testAlert: `test_alert/${REQUEST_ID}`, taken: true })
  expect(world.aws.published).toMatchObject([
    {
      detailType: 'Offboarding Notice',
      detail: { metadata: { event_code: 'test_alert' }, unmapped: { by: 'grace@example.com' } },
    },
  ])
})

test('testAlert() says when the bus did not take it', async () => {
  const world = createWorld({
    faultFor: ({ service }) => (service === 'bus' ? { kind: 'partial' } : undefined),
  })

  expect(await onCall(world).tells({ action: 'test_alert', by: 'grace' })).toMatchObject({ taken: false })
})

test('testAlert() wants to know who asks', async () => {
  expect(await onCall(createWorld()).tells({ action: 'test_alert' })).toHaveProperty('error')
})
