import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readPatch, readPut, saidIn } from '../../../../lib/doors/scim/active.ts'

const CORE = 'urn:ietf:params:scim:schemas:core:2.0:User'
const ENTERPRISE = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'
const OUT = { kind: 'active', active: false }

const patch = (...Operations: readonly unknown[]) => ({ Operations })

describe('readPatch()', () => {
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
    ['a list of one', patch({ op: 'replace', path: 'active', value: [false] })],
    [
      'a list of one value',
      patch({ op: 'replace', path: 'active', value: [{ $ref: null, value: 'False' }] }),
    ],
    ['a list of one in an object', patch({ op: 'replace', value: { active: [{ value: false }] } })],
    [
      'beside attributes with a name like it',
      patch(
        { op: 'replace', path: 'active', value: 'False' },
        {
          op: 'replace',
          path: 'urn:ietf:params:scim:schemas:extension:x:2.0:User:active_directory_id',
          value: 'S-1',
        },
        { op: 'replace', path: 'emails[active eq true].value', value: 'x' },
        {
          op: 'replace',
          value: { inactiveSince: null, lastActiveAt: 'x', 'name.active': 'x', proactive: true },
        },
        {
          op: 'replace',
          value: { emails: [{ value: 'x', active: true }], 'urn:x:1.0:Badge': { active: true } },
        },
      ),
    ],
    [
      'after another word',
      patch({ op: 'add', value: { active: true } }, { op: 'add', value: { active: false } }),
    ],
  ])('understands %s', (_, body) => {
    expect(readPatch(body)).toEqual(OUT)
  })

  test('leaves a user alone whose `active` it does not name', () => {
    const body = patch({
      op: 'replace',
      value: {
        'name.familyName': 'Byron',
        status: 'Part-time',
        inactiveSince: null,
        addresses: [{ state: 'NO' }],
      },
    })

    expect(readPatch(body)).toEqual({ kind: 'unchanged' })
  })

  const OTHER_WORDS: readonly (readonly [string, unknown])[] = [
    ['inactive', true],
    ['disabled', true],
    ['enabled', false],
    ['enabled', true],
    ['accountEnabled', 'False'],
    ['isAccountNonLocked', false],
    ['account_locked', 1],
    ['deactivated', 'yes'],
    ['status', 'Inactive'],
    ['status', [{ value: 'SUSPENDED' }]],
    ['lifecycleState', 'terminated'],
    ['employmentStatus', 'Terminated'],
    ['account', { enabled: false }],
    ['urn:okta:x:1.0:User:userStatus', 'DEPROVISIONED'],
    ['attributes', [{ name: 'active', value: false }]],
    ['data', { attribute: 'disabled', value: 'true' }],
  ]
  test.each(OTHER_WORDS)('calls it wrong where nothing says `active`: %s %j', (name, value) => {
    expect(readPatch(patch({ op: 'replace', path: name, value }))).toMatchObject({ kind: 'wrong' })
    expect(readPatch(patch({ op: 'replace', value: { [name]: value } }))).toMatchObject({ kind: 'wrong' })
    expect(readPut({ userName: 'ada@example.com', active: null, [name]: value })).toMatchObject({
      kind: 'wrong',
    })
  })

  test.each(OTHER_WORDS.slice(0, -2))('reads no other word beside `active`: %s %j', (name, value) => {
    const Operations = [
      { op: 'replace', path: 'active', value: false },
      { op: 'replace', value: { [name]: value } },
    ]

    expect(readPatch({ Operations })).toEqual(OUT)
    expect(readPut({ userName: 'ada@example.com', active: false, [name]: value })).toEqual(OUT)
  })

  test('calls it wrong if the attribute is named beside its value', () => {
    const body = patch({ op: 'replace', value: { name: 'active', value: false } })

    expect(readPatch(body)).toMatchObject({ kind: 'wrong', scimType: 'invalidValue' })
  })

  test('marks a true or false of a name that it does not know', () => {
    const marked = { kind: 'unchanged', mayMeanActive: true }

    expect(readPatch(patch({ op: 'replace', path: 'canLogin', value: 'False' }))).toEqual(marked)
    expect(readPatch(patch({ op: 'replace', path: 'active,title', value: 'False' }))).toEqual(marked)
    expect(readPut({ userName: 'ada@example.com', vip: true })).toEqual(marked)
    expect(readPut({ emails: [{ value: 'ada@example.com', primary: true }] })).toEqual({ kind: 'unchanged' })
  })

  test.each([
    { canLogin: 'off' },
    { 'urn:example:2.0:User': { vpn: 'no' } },
    { loginFlag: '0' },
    { loginFlag: 0 },
    { access: ['No'] },
    { mayEnter: ' OFF ' },
    { isGone: 'yes' },
    { blockade: 'on' },
    { exFlag: 1 },
    { keyCard: 'N' },
  ])('marks a word for off or on of a name that it does not know: %j', (user) => {
    const marked = { kind: 'unchanged', mayMeanActive: true }

    expect(readPatch(patch({ op: 'replace', value: user }))).toEqual(marked)
    expect(readPut({ userName: 'ada@example.com', ...user })).toEqual(marked)
  })

  test.each([
    { addresses: [{ type: 'work', country: 'NO', region: 'On' }] },
    { preferredLanguage: 'no', locale: 'no' },
    { [ENTERPRISE]: { employeeNumber: '0', costCenter: '1', department: 'NO', division: 'On' } },
    { [`${ENTERPRISE}:costCenter`]: '0' },
    { title: 'On', nickName: 'No', name: { givenName: 'No', familyName: 'Yes' } },
    { phoneNumbers: [{ value: '0' }] },
    { vpn: { toString: null }, sso: null },
  ])('does not mark such a word of an attribute that the schema has for something else: %j', (user) => {
    expect(readPut({ userName: 'ada@example.com', ...user })).toEqual({ kind: 'unchanged' })
  })

  test.each([
    ['another word inside another attribute', { sso: { enabled: false } }],
    ['another word two levels deep', { 'urn:x:User': { login: { disabled: 'yes' } } }],
    ['a truth value of a name that it does not know', { 'urn:x:User': { canAccess: 'false' } }],
    ['a truth value of an attribute that a filter names', { 'attributes[name eq "active"]': false }],
    ['an instant', { deactivatedAt: '2026-11-29T00:00:00Z' }],
    ['a last day', { terminationDate: '2026-11-29' }],
    ['a word for a leaver anywhere', { userType: 'Terminated' }],
    ['a word for leavers', { [ENTERPRISE]: { department: 'Leavers' } }],
    ['a reason', { terminationReason: 'Resigned' }],
    ['an end of the employment', { [ENTERPRISE]: { employmentEndDate: '2026-11-28' } }],
    ['a mark in a name', { displayName: 'Ada Lovelace (left)' }],
    ['a mark before another name', { displayName: 'deleted-user-1042' }],
    ['a mark before a name', { name: { formatted: 'zz_DELETED Ada' } }],
  ])('marks %s', (_, user) => {
    const marked = { kind: 'unchanged', mayMeanActive: true }

    expect(readPatch(patch({ op: 'replace', value: user }))).toEqual(marked)
    expect(readPut({ userName: 'ada@example.com', ...user })).toEqual(marked)
  })

  test.each(['roles', 'entitlements[value eq "atlas"]', 'groups', 'userName'])(
    'marks that %s is taken away',
    (path) => {
      expect(readPatch(patch({ op: 'Remove', path }))).toEqual({ kind: 'unchanged', mayMeanActive: true })
    },
  )

  test.each([
    ['roles', []],
    ['groups', null],
    ['userName', ''],
  ])('marks that %s becomes %j by a PATCH, not by a PUT, which may name every attribute', (path, value) => {
    const marked = { kind: 'unchanged', mayMeanActive: true }

    expect(readPatch(patch({ op: 'replace', path, value }))).toEqual(marked)
    expect(readPatch(patch({ op: 'replace', value: { [path]: value } }))).toEqual(marked)
    expect(readPut({ userName: 'ada@example.com', roles: [], groups: [] })).toEqual({ kind: 'unchanged' })
  })

  test('calls another word for `active` wrong where roles are taken away, too', () => {
    const operations = [
      { op: 'remove', path: 'roles' },
      { op: 'replace', value: { disabled: true } },
    ]

    expect(readPatch(patch(...operations))).toMatchObject({ kind: 'wrong' })
  })

  test.each(['title', 'emails', 'manager'])('does not mark that %s is taken away', (path) => {
    expect(readPatch(patch({ op: 'remove', path }))).toEqual({ kind: 'unchanged' })
  })

  test('does not mark words that only hold such a one', () => {
    const user = { displayName: 'Lefty Exeter', title: 'Left Back', department: 'Retired Persons Advice' }

    expect(readPut({ userName: 'ada@example.com', ...user })).toEqual({ kind: 'unchanged' })
  })

  test('calls any path into `active` wrong, and operations by a name with a slip', () => {
    const filtered = { op: 'replace', path: 'active[type eq "work"]', value: false }

    expect(readPatch(patch(filtered))).toMatchObject({ kind: 'wrong', scimType: 'invalidPath' })
    expect(readPut({ Operation: [{ op: 'replace', path: 'active', value: false }] })).toMatchObject({
      kind: 'wrong',
    })
  })

  test.each([
    ['invalidValue', patch({ op: 'Replace', path: 'active', value: 'no' })],
    ['invalidValue', patch({ op: 'replace', path: 'active', value: 0 })],
    ['invalidValue', patch({ op: 'replace', path: 'active', value: null })],
    ['invalidValue', patch({ op: 'replace', path: 'active' })],
    ['invalidValue', patch({ op: 'replace', path: 'active', value: ' false ' })],
    ['invalidValue', patch({ op: 'replace', path: 'active', value: { active: false } })],
    ['invalidValue', patch({ op: 'replace', value: { active: [false, false] } })],
    ['invalidValue', patch({ op: 'replace', path: 'active', value: [] })],
    ['invalidValue', patch({ op: 'replace', path: 'active', value: [[false]] })],
    ['invalidValue', patch({ op: 'replace', path: 'active', value: [{ value: false, VALUE: false }] })],
    ['invalidValue', patch({ op: 'replace', value: { active: false, Active: false } })],
    ['invalidValue', patch({ op: 'replace', value: 'active=false' })],
    ['invalidValue', patch({ op: 'remove', path: 'active' })],
    [
      'invalidValue',
      patch({ op: 'replace', value: { active: false } }, { op: 'add', value: { active: 'x' } }),
    ],
    ['invalidValue', patch({ op: 'replace', value: { User: { active: false } } })],
    ['invalidValue', patch({ op: 'replace', value: { attributes: { isActive: false } } })],
    ['invalidValue', patch({ op: 'replace', value: { Resources: [{ active: false }] } })],
    ['invalidValue', patch({ op: 'replace', value: { data: { attributes: { active: false } } } })],
    ['invalidValue', patch({ op: 'replace', value: { [CORE]: [{ active: false }] } })],
    ['invalidValue', patch({ op: 'replace', value: { [ENTERPRISE]: { active: false } } })],
    ['noTarget', patch({ op: 'remove' })],
    ['invalidPath', patch({ op: 'replace', path: 'active.value', value: false })],
    ['invalidPath', patch({ op: 'replace', path: '/active', value: false })],
    ['invalidPath', patch({ op: 'replace', path: 'active[value eq "true"]', value: false })],
    ['invalidPath', patch({ op: 'replace', path: 7, value: false })],
    ['invalidPath', patch({ op: 'replace', path: 'User', value: { active: false } })],
    ['invalidPath', patch({ op: 'replace', path: ENTERPRISE, value: { active: false } })],
    ['invalidSyntax', patch({ op: 'delete', path: 'active' })],
    ['invalidSyntax', patch({ path: 'active', value: false })],
    ['invalidSyntax', patch({ op: 'replace', OP: 'replace', path: 'active', value: false })],
    ['invalidSyntax', patch('replace')],
    ['invalidSyntax', patch()],
    ['invalidSyntax', {}],
    ['invalidSyntax', { Operations: { op: 'replace', value: { active: false } } }],
    ['invalidSyntax', { active: false, ...patch({ op: 'replace', path: 'displayName', value: 'Ada' }) }],
    ['invalidSyntax', { isActive: false, ...patch({ op: 'replace', path: 'title', value: 'x' }) }],
    ['invalidSyntax', null],
    ['invalidSyntax', [{ op: 'replace', value: { active: false } }]],
  ])('calls it %s: %j', (scimType, body) => {
    expect(readPatch(body)).toMatchObject({ kind: 'wrong', scimType })
  })

  const NEARLY = [
    'urn:ietf:params:scim:schemas:core:2.0:User.active',
    'urn:ietf:params:scim:schemas:core:2.0:Users:active',
    'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:active',
    'core:2.0:User:active',
    'User.active',
    'user/active',
    '/active',
    '$.active',
    'active.value',
    'active[value eq "true"]',
    'active[0]',
    '"active"',
    'is_active',
    'isActive',
    'actve',
    'acitve',
    'Actives',
    'active_',
    'Is Active',
    'active=false',
    'active eq true',
    'active:value',
    "['active']",
    `${CORE}#active`,
    `${CORE}:Active:`,
    '/Users/active',
    'attributes.active',
    'data.active',
    '\u0430ctive',
  ]
  test.each(NEARLY)('calls it wrong in path and value alike: %s', (name) => {
    expect(readPatch(patch({ op: 'replace', path: name, value: false }))).toMatchObject({
      kind: 'wrong',
      scimType: 'invalidPath',
    })
    expect(readPatch(patch({ op: 'replace', value: { [name]: false } }))).toMatchObject({
      kind: 'wrong',
      scimType: 'invalidValue',
    })
    expect(readPut({ userName: 'ada@example.com', [name]: false })).toMatchObject({ kind: 'wrong' })
  })

  test('never throws, and never reads a change where there is none', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        const wanted = readPatch(JSON.parse(text))
        if (wanted.kind === 'active') expect(text.toLowerCase()).toContain('active')
      }),
    )
  })
})

describe('readPut()', () => {
  test.each([
    ['a boolean', { userName: 'ada@example.com', active: false }],
    ['a word', { Active: 'False' }],
    ['the whole name', { [`${CORE}:active`]: false }],
  ])('understands %s', (_, body) => {
    expect(readPut(body)).toEqual(OUT)
  })

  test.each([
    [{ userName: 'ada@example.com', groups: [] }],
    [{ active: null }],
    [{ [CORE]: { active: null } }],
  ])('takes an absent `active` for no change: %j', (body) => {
    expect(readPut(body)).toEqual({ kind: 'unchanged' })
  })

  test.each([
    [null],
    ['active'],
    [{ active: null, Active: false }],
    [{ active: null, actve: false }],
    [{ userName: 'ada@example.com', meta: { active: false } }],
    [{ Resources: [{ userName: 'ada@example.com', active: false }] }],
    [{ active: 'no' }],
    [patch({ op: 'replace', path: 'active', value: false })],
    [{ active: true, ACTIVE: false }],
    [{ active: true, [CORE]: { active: false } }],
  ])('refuses %j', (body) => {
    expect(readPut(body)).toMatchObject({ kind: 'wrong' })
  })

  test('is not misled by what every object inherits', () => {
    const body = JSON.parse('{"__proto__": {"active": false}, "constructor": {"active": false}}')

    expect(readPut(body)).toMatchObject({ kind: 'unchanged' })
    expect(({} as { active?: unknown }).active).toBeUndefined()
  })
})

describe('saidIn()', () => {
  test.each([
    [{ userName: 'new@example.com' }, 'new@example.com'],
    [{ USERNAME: 'new@example.com' }, 'new@example.com'],
    [patch({ op: 'Replace', path: 'userName', value: 'new@example.com' }), 'new@example.com'],
    [
      patch(
        { op: 'replace', value: { userName: 'old@example.com' } },
        { op: 'add', value: { username: 'new@example.com' } },
      ),
      'new@example.com',
    ],
    [patch({ op: 'replace', path: `${CORE}:userName`, value: 'new@example.com' }), 'new@example.com'],
    [patch({ op: 'replace', path: ' userName', value: ['new@example.com'] }), 'new@example.com'],
    [patch({ op: 'replace', path: CORE, value: { userName: ' new@example.com ' } }), 'new@example.com'],
    [{ [CORE]: { userName: 'new@example.com' } }, 'new@example.com'],
    [{ userName: 'new@example.com', username: 'old@example.com' }, undefined],
    [patch({ op: 'replace', path: 'name', value: { userName: 'x' } }), undefined],
    [{ userName: 7 }, undefined],
    [[], undefined],
  ])('of %j', (body, expected) => {
    expect(saidIn(body, 'username')).toBe(expected)
  })
})
