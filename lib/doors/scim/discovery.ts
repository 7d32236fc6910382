import type { HttpReply } from '../http.ts'
import type { Call } from './call.ts'
import { MOST_PER_PAGE } from './list-users.ts'
import { listResponse, scimError, scimReply } from './reply.ts'
import { USER_SCHEMA } from './user.ts'

const META_SCHEMA = 'urn:ietf:params:scim:schemas:core:2.0'

/** Says which parts of SCIM are supported. @see https://www.rfc-editor.org/rfc/rfc7643#section-5 */
export async function serviceProviderConfig(_: unknown, { baseUrl }: Call): Promise<HttpReply> {
  return scimReply(200, {
    schemas: [`${META_SCHEMA}:ServiceProviderConfig`],
    patch: { supported: true },
    bulk: { supported: false, maxOperations: 0, maxPayloadSize: 0 },
    filter: { supported: true, maxResults: MOST_PER_PAGE },
    changePassword: { supported: false },
    sort: { supported: false },
    etag: { supported: false },
    authenticationSchemes: [
      {
        type: 'oauthbearertoken',
        name: 'Bearer token',
        description: 'A token from the SCIM secret of this installation',
        specUri: 'https://www.rfc-editor.org/rfc/rfc6750',
        primary: true,
      },
    ],
    meta: { resourceType: 'ServiceProviderConfig', location: `${baseUrl}/ServiceProviderConfig` },
  })
}

export async function resourceTypes(_: unknown, { id, baseUrl }: Call): Promise<HttpReply> {
  return one(id, 'User', {
    schemas: [`${META_SCHEMA}:ResourceType`],
    id: 'User',
    name: 'User',
    endpoint: '/Users',
    description: 'A member of an Atlas organization',
    schema: USER_SCHEMA,
    meta: { resourceType: 'ResourceType', location: `${baseUrl}/ResourceTypes/User` },
  })
}

export async function schemas(_: unknown, { id, baseUrl }: Call): Promise<HttpReply> {
  return one(id, USER_SCHEMA, {
    schemas: [`${META_SCHEMA}:Schema`],
    id: USER_SCHEMA,
    name: 'User',
    description: 'A member of an Atlas organization; only `active` can be changed',
    attributes: ATTRIBUTES,
    meta: { resourceType: 'Schema', location: `${baseUrl}/Schemas/${USER_SCHEMA}` },
  })
}

/** An empty list: directories ask for groups even if they are configured to push none. */
export async function listGroups(): Promise<HttpReply> {
  return listResponse({ totalResults: 0, startIndex: 1, resources: [] })
}

/** There are no groups. */
export async function getGroup(): Promise<HttpReply> {
  return scimError(404, 'There is no such group')
}

function one(id: string, known: string, resource: unknown): HttpReply {
  if (id === '') return listResponse({ totalResults: 1, startIndex: 1, resources: [resource] })
  return id === known ? scimReply(200, resource) : scimError(404, 'There is no such resource')
}

const ATTRIBUTES = [
  attribute('userName', { required: true, uniqueness: 'server' }),
  attribute('displayName'),
  attribute('name', {
    type: 'complex',
    subAttributes: ['formatted', 'givenName', 'familyName'].map((name) => attribute(name)),
  }),
  attribute('emails', {
    type: 'complex',
    multiValued: true,
    subAttributes: [
      attribute('value'),
      attribute('type', { canonicalValues: ['work'] }),
      attribute('primary', { type: 'boolean' }),
    ],
  }),
  attribute('active', { type: 'boolean', mutability: 'readWrite' }),
]

function attribute(name: string, fields: Readonly<Record<string, unknown>> = {}) {
  return {
    name,
    type: 'string',
    multiValued: false,
    required: false,
    caseExact: false,
    mutability: 'readOnly',
    returned: 'default',
    uniqueness: 'none',
    ...fields,
  }
}
