import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { wishOfPatch, wishOfPut } from '../../../../lib/doors/scim/active.ts'

const CORE = 'urn:ietf:params:scim:schemas:core:2.0:User'
const OUT = { kind: 'active', active: false }

const patch = (...Operations: readonly unknown[]) => ({ Operations })

describe('wishOfPatch()', () => {
  test.each([
    ['Okta, no path', patch({ op: 'replace', value: { active: false } })],
    ['Entra by default', patch({ op: 'Replace', path: 'active', value: 'False' })],
    ['Entra, as once reported', patch({ op: 'Replace', path: 'active', value: 'false' })],
    ['Entra with its flag', patch({ op: 'replace', path: 'active', value: false })],
    ['SailPoint', patch({ op: 'add', value: { active: false } })],
    ['another case of the path', patch({ op: 'REPLACE', path: 'Active', value: false })],
    ['the whole name as path', patch({ op: 'replace', path: `${CORE}:active`, value: false })],
    [
      'the whole name in capitals',
      patch({ op: 'replace', path: `${CORE}:ACTIVE`.toUpperCase(), value: false }),
    ],
    ['the schema as path', patch({ op: 'replace', path: CORE, value: { active: false } })],
    ['the whole name as key', patch({ op: 'replace', value: { [`${CORE}:active`]: 'FALSE' } })],
    ['the schema as key', patch({ op: 'replace', value: { [CORE]: { active: false } } })],
    ['an empty path', patch({ op: 'replace', path: '', value: { Active: false } })],
    ['other names in other cases', { operations: [{ OP: 'replace', PATH: 'active', VALUE: false }] }],
    [
      'beside other attributes',
      patch(
        { op: 'Replace', path: 'name.givenName', value: 'Ada' },
        { op: 'Add', path: 'emails[type eq "work"].value', value: 'ada@example.org' },
        { op: 'Replace', path: 'active', value: 'False' },
        { op: 'Remove', path: 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager' },
      ),
    ],
    [
      'after another word',
      patch({ op: 'add', value: { active: true } }, { op: 'add', value: { active: false } }),
    ],
  ])('understands %s', (_, body) => {
    expect(wishOfPatch(body)).toEqual(OUT)
  })

  test('leaves a user alone whose `active` it does not name', () => {
    const body = patch({ op: 'replace', value: { 'name.familyName': 'Byron', inactive: true } })

    expect(wishOfPatch(body)).toEqual({ kind: 'unchanged' })
  })

  test.each([
    ['invalidValue', patch({ op: 'Replace', path: 'active', value: 'no' })],
    ['invalidValue', patch({ op: 'replace', path: 'active', value: 0 })],
    ['invalidValue', patch({ op: 'replace', path: 'active', value: null })],
    ['invalidValue', patch({ op: 'replace', path: 'active' })],
    ['invalidValue', patch({ op: 'replace', path: 'active', value: ' false ' })],
    ['invalidValue', patch({ op: 'replace', path: 'active', value: { active: false } })],
    ['invalidValue', patch({ op: 'replace', value: { active: [false] } })],
    ['invalidValue', patch({ op: 'replace', value: { active: false, Active: false } })],
    ['invalidValue', patch({ op: 'replace', value: 'active=false' })],
    ['invalidValue', patch({ op: 'remove', path: 'active' })],
    [
      'invalidValue',
      patch({ op: 'replace', value: { active: false } }, { op: 'add', value: { active: 'x' } }),
    ],
    ['noTarget', patch({ op: 'remove' })],
    ['invalidPath', patch({ op: 'replace', path: 'active.value', value: false })],
    ['invalidPath', patch({ op: 'replace', path: '/active', value: false })],
    ['invalidPath', patch({ op: 'replace', path: 'active[value eq "true"]', value: false })],
    ['invalidPath', patch({ op: 'replace', path: 7, value: false })],
    ['invalidSyntax', patch({ op: 'delete', path: 'active' })],
    ['invalidSyntax', patch({ path: 'active', value: false })],
    ['invalidSyntax', patch({ op: 'replace', OP: 'replace', path: 'active', value: false })],
    ['invalidSyntax', patch('replace')],
    ['invalidSyntax', patch()],
    ['invalidSyntax', {}],
    ['invalidSyntax', { Operations: { op: 'replace', value: { active: false } } }],
    ['invalidSyntax', null],
    ['invalidSyntax', [{ op: 'replace', value: { active: false } }]],
  ])('calls it %s: %j', (scimType, body) => {
    expect(wishOfPatch(body)).toMatchObject({ kind: 'wrong', scimType })
  })

  test('never throws, and never makes a wish of what holds none', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        const wish = wishOfPatch(JSON.parse(text))
        if (wish.kind === 'active') expect(text.toLowerCase()).toContain('active')
      }),
    )
  })
})

describe('wishOfPut()', () => {
  test.each([
    ['a boolean', { userName: 'ada@example.com', active: false }],
    ['a word', { Active: 'False' }],
    ['the whole name', { [`${CORE}:active`]: false }],
  ])('understands %s', (_, body) => {
    expect(wishOfPut(body)).toEqual(OUT)
  })

  test('takes an absent `active` for no wish', () => {
    expect(wishOfPut({ userName: 'ada@example.com', groups: [] })).toEqual({ kind: 'unchanged' })
  })

  test.each([
    [null],
    ['active'],
    [{ active: null }],
    [{ active: 'no' }],
    [{ active: true, ACTIVE: false }],
    [{ active: true, [CORE]: { active: false } }],
  ])('refuses %j', (body) => {
    expect(wishOfPut(body)).toMatchObject({ kind: 'wrong' })
  })

  test('is not misled by what every object inherits', () => {
    const body = JSON.parse('{"__proto__": {"active": false}, "constructor": {"active": false}}')

    expect(wishOfPut(body)).toEqual({ kind: 'unchanged' })
    expect(({} as { active?: unknown }).active).toBeUndefined()
  })
})
