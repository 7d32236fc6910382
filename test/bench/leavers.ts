import { exampleOrg } from '../../infra/local/atlas/example-org.ts'

const [OWNER] = exampleOrg().serviceAccounts
export const ORG_ID = exampleOrg().orgId

/** What opens the organization, in the shape that AWS's rotation writes. */
export const SECRET = {
  clientId: OWNER.clientId,
  clientSecret: OWNER.clientSecret,
  orgId: ORG_ID,
}

/** The example organization and so many people who will leave it. */
export function orgWithLeavers(count: number) {
  const leavers = Array.from({ length: count }, (_, n) => ({ username: usernameOf(n) }))
  return { ...exampleOrg(), members: [...exampleOrg().members, ...leavers] }
}

export function usernameOf(leaver: number): string {
  return `leaver-${String(leaver).padStart(5, '0')}@example.com`
}

/** The body of a queue message: the canonical departure. */
export function departureBody(leaver: number, occurredAt: Date): string {
  return JSON.stringify({ id: `bench-${leaver}`, occurredAt, username: usernameOf(leaver) })
}

/** An SQS batch in which these people leave now. */
export function batchOf(leavers: readonly number[]) {
  const records = leavers.map((leaver) => ({
    messageId: `message-${leaver}`,
    eventSource: 'aws:sqs',
    body: departureBody(leaver, new Date()),
  }))
  return { Records: records }
}
