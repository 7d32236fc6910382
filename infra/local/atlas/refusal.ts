/** Error replies of the Admin API: status and text per code, from the published error list or recorded replies. */
const CATALOGUE = {
  ACCESS_FORBIDDEN: [403, 'Access to this resource is forbidden for current user.'],
  ACCOUNT_SUSPENDED: [402, 'Organization has an unpaid invoice that is more than 30 days old.'],
  CANNOT_DELETE_LAST_ADMIN: [
    403,
    'An organization needs to have at least one owner. You cannot demote or remove the last owner.',
  ],
  GROUP_NOT_FOUND: [404, 'No group with ID %s exists.'],
  INVALID_INVITATION_ID: [
    400,
    'The invitation you tried to delete does not exist or has already been accepted.',
  ],
  INVALID_ORG_ID: [404, 'An invalid organization ID %s was specified.'],
  INVALID_QUERY_PARAMETER: [400, 'Invalid query parameter %s.'],
  INVALID_USER_ID: [404, 'An invalid user ID %s was specified.'],
  INVALID_VERSION_DATE: [406, 'Invalid accept header or version date.'],
  IP_ADDRESS_NOT_ON_ACCESS_LIST: [403, 'IP address %s is not allowed to access this resource.'],
  NOT_IN_GROUP: [401, 'The current user is not in the group, or the group does not exist.'],
  NOT_ORG_OWNER: [401, 'The currently logged in user does not have the owner role in organization %s.'],
  NO_CURRENT_USER: [401, 'No current user.'],
  ORG_NOT_FOUND: [404, 'No organization with ID %s exists.'],
  ORG_REQUIRES_ACCESS_LIST: [403, 'This organization requires access through an access list of ip ranges.'],
  RATE_LIMITED: [429, 'Resource %s is limited to %s requests every %s minutes.'],
  RATE_LIMITED_TOKEN_BUCKET: [
    429,
    'Rate limit exceeded for %s. Please retry after %s seconds. Request capacity: %s. Refill rate: %s per %s seconds.',
  ],
  RESOURCE_NOT_FOUND: [404, 'Cannot find resource %s.'],
  SERVICE_UNAVAILABLE: [503, 'Service unavailable.'],
  UNEXPECTED_ERROR: [500, 'Unexpected error.'],
  USER_CANNOT_ACCESS_ORG: [401, 'Current user cannot access organization %s.'],
  USER_NOT_FOUND: [404, 'No user with ID %s exists.'],
  USER_NOT_IN_ORG: [404, 'User %s is not in organization %s.'],
  USER_UNAUTHORIZED: [401, 'Current user is not authorized to perform this action.'],
  USER_ALREADY_EXISTS: [409, 'A user with username %s already exists.'],
  VALIDATION_ERROR: [400, 'The request content produced the validation error: %s.'],
  VERSION_GONE: [410, 'The requested version is no longer available.'],
  WRITES_NOT_ALLOWED_DURING_APP_UPGRADES: [
    405,
    'Create, update, and delete API endpoints are disabled while the system is being upgraded.',
  ],
  /** Not Atlas's: says loudly that nobody knows what Atlas answers here. */
  NOT_EMULATED: [501, 'The emulator does not know what Atlas answers to %s.'],
} as const satisfies Record<string, readonly [status: number, detail: string]>

export type ErrorCode = keyof typeof CATALOGUE

export type Refusal = {
  readonly kind: 'refusal'
  readonly status: number
  readonly code: ErrorCode
  readonly detail: string
  readonly parameters: readonly (string | number)[]
  readonly headers: Readonly<Record<string, string>>
}

/** Makes the error reply for a code; the parameters fill its text in order. */
export function refusal(code: ErrorCode, ...parameters: (string | number)[]): Refusal {
  const [status, text] = CATALOGUE[code]
  const fill = parameters.values()
  const detail = text.replaceAll('%s', () => String(fill.next().value ?? ''))
  return { kind: 'refusal', status, code, detail, parameters, headers: {} }
}
