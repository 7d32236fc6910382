import { PUBLISHED } from '../../../fixtures/events.ts'

/** Auth0's `detail` from a log stream. */
export function auth0Log(type = 'sdu', userName: unknown = 'ada@example.com') {
  return {
    log_id: '90020261116181512862000000000000001',
    data: { date: PUBLISHED, type, user_id: 'auth0|1', user_name: userName, connection: 'staff' },
  }
}

/** Auth0's `detail` from an event stream: a CloudEvent. */
export function auth0CloudEvent(type = 'user.deleted', email: unknown = 'ada@example.com') {
  return {
    specversion: '1.0',
    id: 'evt_1234567890abcdef',
    source: 'urn:auth0:example.auth0app.com',
    type,
    time: PUBLISHED,
    data: { object: { user_id: 'auth0|1', email } },
  }
}

/** Auth0's `detail` of a call that deletes something. */
export function auth0Deletion(path: string) {
  const log = auth0Log('sapi')
  return { ...log, data: { ...log.data, details: { request: { method: 'delete', path } } } }
}

/** Auth0's `detail` of a call of the Management API that changes a user. */
export function auth0Update(body: object) {
  const request = { method: 'patch', path: '/api/v2/users/auth0%7C1', body }
  return {
    ...auth0Log('sapi'),
    data: { ...auth0Log('sapi').data, description: 'Update a User', details: { request } },
  }
}
