import { expect, test } from 'vitest'
import { orgsLine, withNames } from '../../../lib/cli/place.ts'

const PLACE = { stack: 'atlas-offboarding-prod', account: '111122223333', region: 'eu-west-1' }
const [ONE, OTHER] = ['a'.repeat(24), 'b'.repeat(24)]

test('orgsLine() names five organizations at most, those without a name by id', () => {
  const orgs = Array.from({ length: 7 }, (_, number) => ({ orgId: ONE, name: `org ${number}` }))

  expect(orgsLine({ ...PLACE, orgs })).toBe('org 0, org 1, org 2, org 3, org 4, and 2 more')
  expect(orgsLine({ ...PLACE, orgs: [{ orgId: ONE }, { orgId: OTHER, name: 'Acme' }] })).toBe(`${ONE}, Acme`)
})

test('withNames() leaves an id without a name as it is', () => {
  const orgs = [{ orgId: ONE }, { orgId: OTHER, name: 'Acme' }]

  expect(withNames(`Resume ${ONE} and ${OTHER}?`, { ...PLACE, orgs })).toBe(
    `Resume ${ONE} and Acme (${OTHER})?`,
  )
})
