import { idOf } from './person-id.ts'

export const USER_SCHEMA = 'urn:ietf:params:scim:schemas:core:2.0:User'

/** How a person is shown to a directory. */
export type Shown = {
  /** The name that their id was made of, if it is not the present one. */
  readonly asked?: string
  readonly username: string
  readonly active: boolean
}

/**
 * Shows a person as a SCIM user. Atlas's names are not read; the username stands for them, because a directory that imports
 * insists on having some.
 */
export function userResource({ username, asked = username, active }: Shown, baseUrl: string) {
  const id = idOf(asked)
  const [given, ...rest] = username.split('@')
  return {
    schemas: [USER_SCHEMA],
    id,
    userName: username,
    name: { formatted: username, givenName: given || '-', familyName: rest.join('@') || '-' },
    displayName: username,
    emails: [{ value: username, type: 'work', primary: true }],
    active,
    meta: { resourceType: 'User', location: `${baseUrl}/Users/${id}` },
  }
}
