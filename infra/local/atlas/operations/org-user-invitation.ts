import { z } from 'zod'
import type { SeedMember } from '../member.ts'
import { type Refusal, refusal } from '../refusal.ts'

const schema = z.strictObject({
  username: z.email(),
  roles: z.strictObject({
    orgRoles: z.array(z.string()).min(1),
    groupRoleAssignments: z
      .array(z.strictObject({ groupId: z.string(), groupRoles: z.array(z.string()) }))
      .optional(),
  }),
  teamIds: z.array(z.string()).optional(),
})

/** Reads the body of an invitation. What Atlas says to a wrong one was never recorded. */
export function invitationFrom(
  body: string,
): { readonly kind: 'invitation'; readonly member: SeedMember } | Refusal {
  const read = schema.safeParse(parsed(body))
  if (read.success) return { kind: 'invitation', member: read.data }
  return refusal('VALIDATION_ERROR', read.error.issues.map(({ path }) => path.join('.')).join(', '))
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body)
  } catch {
    return undefined
  }
}
