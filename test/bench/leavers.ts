import { exampleOrg } from '../../infra/local/atlas/example-org.ts'
import { idFrom } from '../../infra/local/atlas/member.ts'
import { roleIdOf } from '../../infra/local/aws/sender-ids.ts'

const [OWNER] = exampleOrg().serviceAccounts
export const ORG_ID = exampleOrg().orgId

/** The organization's credential, in the shape that AWS's rotation writes. */
export const SECRET = {
  clientId: OWNER.clientId,
  clientSecret: OWNER.clientSecret,
  orgId: ORG_ID,
}

/** The example organization and so many people who will leave it, each with two projects and a team. */
export function orgWithLeavers(count: number) {
  const groupRoleAssignments = ['payments', 'search'].map((name) => ({
    groupId: idFrom('project', name),
    groupRoles: ['GROUP_READ_ONLY'],
  }))
  const access = {
    roles: { orgRoles: ['ORG_MEMBER'], groupRoleAssignments },
    teamIds: [idFrom('team', 'on-call')],
  }
  const leavers = Array.from({ length: count }, (_, n) => ({ username: usernameOf(n), ...access }))
  return { ...exampleOrg(), members: [...exampleOrg().members, ...leavers] }
}

export function usernameOf(leaver: number): string {
  return `leaver-${String(leaver).padStart(5, '0')}@example.com`
}

/** The ARN of a channel's queue. */
export function queueArn(channel: 'events' | 'topic' | 'work'): string {
  return `arn:aws:sqs:us-east-1:000000000000:${channel}`
}

/** The body of a message on the events queue: the canonical departure, brought by EventBridge. */
export function departureBody(leaver: number, at: Date): string {
  return JSON.stringify({
    id: `bench-${leaver}`,
    time: at,
    source: 'com.example.hr',
    'detail-type': 'User Departed',
    detail: { username: usernameOf(leaver) },
  })
}

/** A record of an SQS batch. What has no envelope is a task that the departures function queued for itself. */
export function recordOf({ id, body }: { readonly id: string; readonly body: string }) {
  const channel = isOwnTask(body) ? 'work' : 'events'
  const attributes = { SenderId: `${roleIdOf('departures')}:bench` }
  return {
    messageId: id,
    eventSource: 'aws:sqs',
    eventSourceARN: queueArn(channel),
    attributes,
    body,
  }
}

/** Tells a message of the work queue from one of the events queue. */
export function isOwnTask(body: string): boolean {
  return body.startsWith('{"kind":"task"')
}

/** An SQS batch in which these people leave now. */
export function batchOf(leavers: readonly number[]) {
  const now = new Date()
  const messages = leavers.map((leaver) => ({ id: `message-${leaver}`, body: departureBody(leaver, now) }))
  return { Records: messages.map(recordOf) }
}
