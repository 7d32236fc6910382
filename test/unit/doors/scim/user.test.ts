import fc from 'fast-check'
import { expect, test } from 'vitest'
import { idOf, isUsername, usernameOf, userResource } from '../../../../lib/doors/scim/user.ts'
import { asciiLowerCase } from '../../../../lib/words/username.ts'

test('idOf() is the same however the name is written', () => {
  expect(idOf('Ada@Example.com')).toBe(idOf('ada@example.com'))
})

test('usernameOf() reads what idOf() wrote, and nothing else as the same person', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 }).filter(isUsername),
      (username) => {
        expect(usernameOf(idOf(username))).toBe(asciiLowerCase(username))
      },
    ),
  )
})

test('usernameOf() gives no two ids to one person', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 60 }), (id) => {
      const username = usernameOf(id)
      if (username !== undefined) expect(idOf(username)).toBe(id)
    }),
  )
})

test.each([
  ['a random id', '2819c223-7f76-453a-919d-413861904646'],
  ['nothing', ''],
  ['the place holder of a document', '{id}'],
  ['a path', '..'],
  ['capitals', Buffer.from('Ada@example.com').toString('base64url')],
  ['white space at the end', Buffer.from('ada@example.com ').toString('base64url')],
  ['a control character', Buffer.from('ada\n@example.com').toString('base64url')],
  ['padding', `${Buffer.from('ada@example.com.').toString('base64')}`],
  ['more bytes than an id can hold', Buffer.from('€'.repeat(200)).toString('base64url')],
  ['more than a username can be', Buffer.from('a'.repeat(257)).toString('base64url')],
])('usernameOf() knows nobody by %s', (_, id) => {
  expect(usernameOf(id)).toBeUndefined()
})

test.each([
  ['ada@example.com', 'ada', 'example.com'],
  ['root', 'root', '-'],
  ['@example.com', '-', 'example.com'],
  ['a@b@example.com', 'a', 'b@example.com'],
])('userResource() gives %s names that an import accepts', (username, givenName, familyName) => {
  const { name } = userResource({ username, active: true }, 'https://api.example.com/scim/v2')

  expect(name).toEqual({ formatted: username, givenName, familyName })
})
