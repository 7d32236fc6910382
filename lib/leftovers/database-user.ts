import { sameUsername } from '../words/username.ts'
import { distinguishedName } from './distinguished-name.ts'

/** A database user of a project: its name, and how it signs in. */
export type DatabaseUser = {
  readonly username: string
  /** Where it is kept: `admin` for passwords, `$external` for certificates, IAM, LDAP and OIDC. */
  readonly databaseName: string
  readonly isX509: boolean
  readonly isIam: boolean
}

/**
 * Tells why a database user is named after a person: the whole username, a CN or e-mail attribute of an X.509 name, or the last path
 * segment of an IAM ARN. Whole names are compared; only the case of ASCII letters does not matter.
 *
 * @param names - the person's username first, then aliases
 * @returns `undefined` if it is not; a part of a name, or a longer one, is somebody else
 */
export function namedAfter(user: DatabaseUser, names: readonly string[]): string | undefined {
  for (const { text, what } of namesIn(user)) {
    const index = names.findIndex((name) => sameUsername(name, text))
    if (index >= 0)
      return `${what} is ${index === 0 ? 'the username' : 'an alias'} (database ${user.databaseName})`
  }
  return undefined
}

type Name = { readonly text: string; readonly what: string }

function namesIn({ username, isX509, isIam }: DatabaseUser): readonly Name[] {
  return [
    { text: username, what: 'its name' },
    ...(isX509 ? certificateNames(username) : []),
    ...(isIam ? arnNames(username) : []),
  ]
}

const COMMON_NAME = ['cn', 'commonname', '2.5.4.3']
const EMAIL = ['emailaddress', 'e', 'email', '1.2.840.113549.1.9.1']

function certificateNames(username: string): readonly Name[] {
  return (distinguishedName(username) ?? []).flatMap(({ type, value }) => {
    if (COMMON_NAME.includes(type)) return [{ text: value, what: 'the CN of its X.509 name' }]
    return EMAIL.includes(type) ? [{ text: value, what: 'the e-mail address in its X.509 name' }] : []
  })
}

/** `arn:aws:iam::123456789012:user/sales/ada@example.com`; other partitions are `aws-cn`, `aws-us-gov`. */
function arnNames(username: string): readonly Name[] {
  const [, segment] = /^arn:aws[a-z-]*:(?:iam|sts)::\d{12}:[a-z-]+\/(?:[^/]*\/)*([^/]+)$/.exec(username) ?? []
  return segment === undefined ? [] : [{ text: segment, what: 'the last part of its IAM ARN' }]
}
