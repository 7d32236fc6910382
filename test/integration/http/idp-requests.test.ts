import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { idOf } from '../../../lib/doors/scim/user.ts'
import { memberNamed, ORG, openDesk, TOKEN } from './desk.ts'

type IdpRequest = {
  readonly idp: string
  readonly name: string
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: unknown
}

/** Requests recorded from real directories, which are not part of the project. */
const RECORDED = new URL('../../../../shared/scim-idp-requests.json', import.meta.url)
const isThere = existsSync(RECORDED)
const recorded: readonly IdpRequest[] = isThere ? JSON.parse(readFileSync(RECORDED, 'utf8')) : []

const LEAVER = memberNamed('leaver@example.com')
const OTHER = memberNamed('bob@example.com')
const USER = { schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'], userName: 'leaver@example.com' }
const LIST = { schemas: ['urn:ietf:params:scim:api:messages:2.0:ListResponse'] }

/** What each of them gets, and how many departures it queues. */
const EXPECTED: Readonly<
  Record<string, readonly [status: number, body: object | undefined, queued: number]>
> = {
  'connection test': [200, { ...LIST, totalResults: 2, itemsPerPage: 2 }, 0],
  'match user': [200, { ...LIST, totalResults: 1, Resources: [{ ...USER, active: true }] }, 0],
  'import page': [200, { ...LIST, totalResults: 2 }, 0],
  'deactivate (OIN/template app) path-less PATCH': [200, { ...USER, active: false }, 1],
  'deactivate (AIW app) PUT, preceded by GET /Users/{id}': [200, { ...USER, active: false }, 1],
  'create (if Create Users enabled and no match); carries a password': [501, { status: '501' }, 0],
  'test connection: random GUID on the matching attribute': [
    200,
    { ...LIST, totalResults: 0, Resources: [] },
    0,
  ],
  'disable, default job (no flag)': [200, { ...USER, active: false }, 1],
  'hard delete (30 days later or manual purge)': [204, undefined, 1],
  'active absent from PUT must not deprovision': [200, { ...USER, active: true }, 0],
  'string garbage for active': [400, { status: '400', scimType: 'invalidValue' }, 0],
}

function lowered(headers: Readonly<Record<string, string>>): Record<string, string> {
  const entries = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value] as const)
  return Object.fromEntries(entries.map(([name, value]) => [name, value.replace('<token>', TOKEN)]))
}

function filledIn(value: unknown) {
  return JSON.parse(JSON.stringify(value).replaceAll('{id}', idOf(LEAVER.username)))
}

describe.skipIf(!isThere)('recorded requests', () => {
  test('are all known', () => {
    expect(recorded.map(({ name }) => name).toSorted()).toEqual(Object.keys(EXPECTED).toSorted())
  })

  test.each(recorded.map((one) => [`${one.idp}: ${one.name}`, one] as const))('%s', async (_, request) => {
    const { send, state, departures } = openDesk()
    state.members.set(ORG, [LEAVER, OTHER])
    const { method, path, headers, body } = filledIn(request)
    const url = `/scim/v2${path}`
    const answer = await send({ method, url, headers: lowered(headers), body, token: null })

    const [status, expected, count] = EXPECTED[request.name] ?? []
    expect(answer.status).toBe(status)
    if (expected) expect(answer.body).toMatchObject(expected)
    expect(departures().map(({ username }) => username)).toEqual(count === 0 ? [] : ['leaver@example.com'])
  })
})
