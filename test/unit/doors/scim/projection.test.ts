import { expect, test } from 'vitest'
import { project } from '../../../../lib/doors/scim/projection.ts'

const USER = {
  schemas: ['urn:x'],
  id: '1',
  userName: 'ada@example.com',
  name: { givenName: 'Ada', familyName: 'Byron' },
  emails: [{ value: 'ada@example.com', type: 'work' }],
  active: true,
}
const CORE = 'urn:ietf:params:scim:schemas:core:2.0:User'

test.each([
  ['', USER],
  ['attributes=', USER],
  ['attributes=active', { schemas: ['urn:x'], id: '1', active: true }],
  [
    'attributes= USERNAME , active',
    { schemas: ['urn:x'], id: '1', userName: 'ada@example.com', active: true },
  ],
  [`attributes=${CORE}:active`, { schemas: ['urn:x'], id: '1', active: true }],
  ['attributes=name', { schemas: ['urn:x'], id: '1', name: USER.name }],
  ['attributes=name.givenName', { schemas: ['urn:x'], id: '1', name: { givenName: 'Ada' } }],
  ['attributes=emails.value', { schemas: ['urn:x'], id: '1', emails: [{ value: 'ada@example.com' }] }],
  ['attributes=title', { schemas: ['urn:x'], id: '1' }],
  ['attributes=active&excludedAttributes=active', { schemas: ['urn:x'], id: '1', active: true }],
  ['excludedAttributes=name,emails,active', { schemas: ['urn:x'], id: '1', userName: 'ada@example.com' }],
  ['excludedAttributes=id,schemas', USER],
  ['excludedAttributes=emails.type', { ...USER, emails: [{ value: 'ada@example.com' }] }],
  ['excludedAttributes=groups', USER],
])('project() by %j', (query, expected) => {
  expect(project(USER, new URLSearchParams(query))).toEqual(expected)
})
