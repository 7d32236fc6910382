import { expect, test } from 'vitest'
import { seenPeople } from '../../../../lib/doors/scim/seen-people.ts'

const AT = new Date('2026-11-29T09:00:00Z')
const seen = (username: string) => ({ username, hasAccess: true, at: AT })

test('seenPeople() forgets whoever was seen longest ago once there are too many', () => {
  const people = seenPeople({ now: () => AT }, 2)
  for (const name of ['ada@example.com', 'bob@example.com', 'Ada@example.com', 'eve@example.com'])
    people.remember(seen(name))

  expect(people.find('bob@example.com')).toBeUndefined()
  expect(people.find('ADA@example.com')).toEqual(seen('Ada@example.com'))
  expect(people.find('eve@example.com')).toEqual(seen('eve@example.com'))
})

test('seenPeople() forgets after an hour, and at once when told', () => {
  let now = AT
  const people = seenPeople({ now: () => now })
  people.remember(seen('ada@example.com'))
  people.remember(seen('bob@example.com'))
  people.forget('BOB@example.com')
  expect(people.find('bob@example.com')).toBeUndefined()

  now = new Date(AT.getTime() + 3_599_999)
  expect(people.find('ada@example.com')).toBeDefined()
  now = new Date(AT.getTime() + 3_600_000)
  expect(people.find('ada@example.com')).toBeUndefined()
})
