import { exampleOrg } from '../../infra/local/atlas/example-org.ts'
import { idFrom } from '../../infra/local/atlas/member.ts'
import type { SeedOrg } from '../../infra/local/atlas/org.ts'
import { roleIdOf } from '../../infra/local/aws/sender-ids.ts'

const [OWNER] = exampleOrg().serviceAccounts
export const ORG_ID = exampleOrg().orgId

type Secret = { readonly clientId: string; readonly clientSecret: string; readonly orgId: string }

/** The organization's credential, in the shape that AWS's rotation writes. */
export const SECRET: Secret = {
  clientId: OWNER.clientId,
  clientSecret: OWNER.clientSecret,
  orgId: ORG_ID,
}

/** The example organization and so many people who will leave it, each with two projects and a team. */
export function orgWithLeavers(count: number) {
  const leavers = leaversFrom(0, count)
  return { ...exampleOrg(), members: [...exampleOrg().members, ...leavers] }
}

/** As many more organizations, each with a credential of its own and as many leavers. The first has the first of them. */
export function orgsWithLeavers(
  orgs: number,
  each: number,
): readonly (SeedOrg & { readonly secret: Secret })[] {
  return Array.from({ length: orgs }, (_, org) => {
    const secret = {
      clientId: `mdb_sa_id_${idFrom('scale', String(org))}`,
      clientSecret: `mdb_sa_sk_${idFrom('scale-secret', String(org))}`,
      orgId: idFrom('org', String(org)),
    }
    const { clientId, clientSecret, orgId } = secret
    return {
      ...{ orgId, name: `Scale ${org}`, secret, members: leaversFrom(org * each, each) },
      serviceAccounts: [{ clientId, clientSecret, role: 'ORG_OWNER' }],
    }
  })
}

function leaversFrom(first: number, count: number) {
  const groupRoleAssignments = ['payments', 'search'].map((name) => ({
    groupId: idFrom('project', name),
    groupRoles: ['GROUP_READ_ONLY'],
  }))
  const access = {
    roles: { orgRoles: ['ORG_MEMBER'], groupRoleAssignments },
    teamIds: [idFrom('team', 'on-call')],
  }
  return Array.from({ length: count }, (_, n) => ({ username: usernameOf(first + n), ...access }))
}

export function usernameOf(leaver: number): string {
  return `leaver-${String(leaver).padStart(5, '0')}@example.com`
}

/** The ARN of a channel's queue. */
export function queueArn(channel: 'events' | 'topic' | 'work'): string {
  return `arn:aws:sqs:us-east-1:000000000000:${channel}`
}

/** The body of a message on the events queue: the canonical departure, brought by EventBridge. */
export function departureBody(leaver: number, at: Date, orgId?: string): string {
  return JSON.stringify({
    id: `bench-${leaver}`,
    time: at,
    source: 'com.example.hr',
    'detail-type': 'User Departed',
    detail: { username: usernameOf(leaver), ...(orgId && { orgIds: [orgId] }) },
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
