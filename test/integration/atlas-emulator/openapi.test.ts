import { existsSync, readFileSync } from 'node:fs'
import { Ajv } from 'ajv'
import { describe, expect, test } from 'vitest'
import { idOf, ORG, startAsOwner } from './client.ts'

const SHARED = new URL('../../../../shared/atlas-openapi-subset.json', import.meta.url)
const isHere = existsSync(SHARED)

const STATUSES = ['ACTIVE', 'PENDING', 'INVITATION_EXPIRED', 'INVITATION_REJECTED']
const ALL = STATUSES.map((status) => `orgMembershipStatuses=${status}`).join('&')
const ORG_PATH = `/orgs/${ORG.orgId}`
const PROJECT = ORG.projects[0]?.id

describe.skipIf(!isHere)('OpenAPI (skipped without ../shared)', () => {
  const spec = isHere ? JSON.parse(readFileSync(SHARED, 'utf8')) : {}
  const validate = isHere ? validatorOf(spec) : () => []

  test.each([
    ['PaginatedOrgUserView', `${ORG_PATH}/users?${ALL}`, '2025-02-19'],
    ['PaginatedAppUserView', `${ORG_PATH}/users`, '2023-01-01'],
    ['PaginatedOrganizationView', '/orgs', '2025-02-19'],
    ['AtlasOrganization', ORG_PATH, '2025-02-19'],
    ['PaginatedAtlasGroupView', `${ORG_PATH}/groups`, '2025-02-19'],
    ['OrgPaginatedEventView', `${ORG_PATH}/events`, '2025-02-19'],
    ['PaginatedApiAtlasDatabaseUserView', `/groups/${PROJECT}/databaseUsers`, '2025-02-19'],
  ])('%s describes what %s answers in %s', async (schema, path, version) => {
    await using atlas = await startAsOwner()
    atlas.emulator.state.invite(ORG.orgId, { username: 'joan@example.com' })

    const { json } = await atlas.get(path, { headers: { Accept: `application/vnd.atlas.${version}+json` } })

    expect(validate(schema, json)).toEqual([])
    expect(json.results ?? [json]).not.toEqual([])
  })

  test.each([
    ['GroupInvitation', `/groups/${PROJECT}/invites`],
    ['OrganizationInvitation', `${ORG_PATH}/invites`],
  ])('%s describes every item of %s', async (schema, path) => {
    await using atlas = await startAsOwner()

    const items: unknown[] = JSON.parse((await atlas.get(path)).text)

    expect(items).toHaveLength(2)
    expect(items.flatMap((item) => validate(schema, item))).toEqual([])
  })

  test.each(['ada@example.com', 'margaret@example.com', 'joan@example.com', 'dennis@example.com'])(
    'OrgUserResponse describes %s',
    async (username) => {
      await using atlas = await startAsOwner()

      const { status, json } = await atlas.get(`${ORG_PATH}/users/${idOf(atlas.emulator, username)}?${ALL}`)

      expect(status).toBe(200)
      expect(validate('OrgUserResponse', json)).toEqual([])
    },
  )

  test('OrgUserResponse would notice a wrong member', () => {
    const wrong = { id: 'short', orgMembershipStatus: 'ACTIVE', username: 'ada@example.com', roles: {} }

    expect(validate('OrgUserResponse', wrong)).not.toEqual([])
  })

  test.each([400, 401, 404, 406, 429, 500, 503])('ApiError describes a %i', async (status) => {
    await using atlas = await startAsOwner()
    atlas.emulator.script({ on: {}, status })

    const { json } = await atlas.get('/orgs')

    expect(validate('ApiError', json)).toEqual([])
    expect(json.error).toBe(status)
  })

  test('the emulator takes every query parameter of the organization users', async () => {
    await using atlas = await startAsOwner()
    const declared = queryParameters(spec, '/api/atlas/v2/orgs/{orgId}/users')
    const values: Record<string, string> = {
      itemsPerPage: '1',
      pageNum: '1',
      username: 'ada@example.com',
      orgMembershipStatus: 'PENDING',
      orgMembershipStatuses: 'PENDING',
    }

    const plain = await atlas.get(`${ORG_PATH}/users`)
    const changed: string[] = []
    for (const name of declared) {
      const value = values[name] ?? String(name !== 'includeCount')
      const reply = await atlas.get(`${ORG_PATH}/users?${name}=${encodeURIComponent(value)}`)
      if (reply.status === 200 && reply.text !== plain.text) changed.push(name)
    }

    // The first page is what one gets without asking.
    expect(changed).toEqual(declared.filter((name) => name !== 'pageNum'))
    expect(declared).toHaveLength(8)
  })
})

type Spec = {
  paths: Record<string, { get?: { parameters: { $ref?: string; in?: string; name?: string }[] } }>
  components: {
    parameters: Record<string, { in: string; name: string }>
    schemas: Record<string, { required?: string[] }>
  }
}

function queryParameters({ paths, components }: Spec, path: string): string[] {
  return (paths[path]?.get?.parameters ?? [])
    .map(({ $ref, ...parameter }) =>
      $ref === undefined ? parameter : components.parameters[$ref.split('/').at(-1) ?? ''],
    )
    .filter((parameter) => parameter?.in === 'query')
    .map((parameter) => parameter?.name ?? '')
}

/** Makes a function that lists what a value breaks of a named schema. */
function validatorOf(spec: Spec) {
  const { CloudAppUser, ...schemas } = spec.components.schemas
  // A password is written and never read, whatever the list of required fields says.
  const required = CloudAppUser?.required?.filter((name) => name !== 'password') ?? []
  const ajv = new Ajv({ strict: false, allErrors: true, formats: FORMATS })
  const components = { schemas: { ...schemas, CloudAppUser: { ...CloudAppUser, required } } }
  ajv.addSchema({ $id: 'atlas', components })
  return (name: string, value: unknown): string[] => {
    const check = ajv.getSchema(`atlas#/components/schemas/${name}`)
    if (check === undefined) throw new Error(`Cannot find schema "${name}"`)
    return check(value)
      ? []
      : (check.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`)
  }
}

const FORMATS = {
  'date-time': /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/,
  email: /^[^\s@]+@[^\s@]+$/,
  int32: true,
  int64: true,
  password: true,
} as const
