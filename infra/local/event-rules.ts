import type { PartnerEvent, Rule } from './aws/event-bridge.ts'
import { type EventPattern, matchesPattern } from './aws/event-pattern.ts'

const USER_PATHS = ['/api/v2/users/', '/api/v2/connections/', '/scim/'].map((prefix) => ({ prefix }))

/** The rules of `infra/event-rules.yml`, each on its bus. */
export const RULES: readonly Rule[] = [
  rule('default', {
    'detail-type': [
      ...['User Departed', 'User Returned'].map((type) => ({ prefix: ignoringCase(type) })),
      ...['UserDeparted', 'UserReturned', 'user.departed', 'user.returned'].map(ignoringCase),
      ...['user_departed', 'user_returned', 'user-departed', 'user-returned'].map(ignoringCase),
    ],
  }),
  rule('aws.partner/okta.com', {
    detail: {
      eventType: [
        { prefix: ignoringCase('user.lifecycle.') },
        { prefix: ignoringCase('application.user_membership.') },
        { prefix: ignoringCase('application.provision.user.de') },
        { prefix: ignoringCase('system.import.user.de') },
        { prefix: ignoringCase('system.import.user.suspend') },
      ],
    },
  }),
  rule('aws.partner/sailpoint.com', {
    'detail-type': [
      { prefix: ignoringCase('idn:identity-') },
      { prefix: ignoringCase('idn:account-d') },
      { prefix: ignoringCase('idn:source-account-d') },
      { prefix: ignoringCase('idn:native-change-account-d') },
    ],
  }),
  rule('aws.partner/auth0.com', { detail: { data: { type: [ignoringCase('sdu')] } } }),
  rule('aws.partner/auth0.com', {
    detail: {
      type: ['user.deleted', 'organization.member.deleted']
        .flatMap((one) => [one, `com.auth0.${one}`])
        .map(ignoringCase),
    },
  }),
  rule('aws.partner/auth0.com', { detail: { data: { object: { blocked: [true] } } } }),
  rule('aws.partner/auth0.com', {
    detail: { data: { details: { request: { body: { blocked: [true] } } } } },
  }),
  rule('aws.partner/auth0.com', {
    detail: {
      data: {
        details: { request: { method: [ignoringCase('delete')], path: USER_PATHS } },
      },
    },
  }),
]

function ignoringCase(text: string) {
  return { 'equals-ignore-case': text }
}

function rule(bus: string, pattern: EventPattern): Rule {
  return { bus, pattern, target: 'queue' }
}

/** Finds the bus of an event. On AWS each partner event source has a bus of its own; here each partner has one. */
export function busOf({ source }: Pick<PartnerEvent, 'source'>): string {
  return /^aws\.partner\/[^/]+/.exec(source)?.[0] ?? 'default'
}

/** Tells whether any rule takes the event to the queue; EventBridge drops all others silently. */
export function isTaken(event: PartnerEvent): boolean {
  return RULES.some(({ bus, pattern }) => bus === busOf(event) && matchesPattern(pattern, event))
}
