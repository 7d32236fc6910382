import { expect, test } from 'vitest'
import { userResource } from '../../../../lib/doors/scim/user.ts'

test.each([
  ['ada@example.com', 'ada', 'example.com'],
  ['root', 'root', '-'],
  ['@example.com', '-', 'example.com'],
  ['a@b@example.com', 'a', 'b@example.com'],
])('userResource() gives %s names that an import accepts', (username, givenName, familyName) => {
  const { name } = userResource({ username, active: true }, 'https://api.example.com/scim/v2')

  expect(name).toEqual({ formatted: username, givenName, familyName })
})
