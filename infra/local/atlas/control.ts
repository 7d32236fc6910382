import { z } from 'zod'
import { type Faults, faultSchema } from './faults.ts'
import type { Incoming } from './incoming.ts'
import { MEMBERSHIP_STATUSES, memberFrom } from './member.ts'
import { type Reply, wireJson } from './reply.ts'
import type { RequestLog } from './request-log.ts'
import type { AtlasState } from './state.ts'

const BASE = '/__emulator'

const memberSchema = z.strictObject({
  username: z.string(),
  id: z.string().optional(),
  orgMembershipStatus: z.enum(MEMBERSHIP_STATUSES).optional(),
  roles: z
    .strictObject({
      orgRoles: z.array(z.string()).optional(),
      groupRoleAssignments: z
        .array(z.strictObject({ groupId: z.string(), groupRoles: z.array(z.string()) }))
        .optional(),
    })
    .optional(),
  teamIds: z.array(z.string()).optional(),
  country: z.string().optional(),
  createdAt: z.string().optional(),
  firstName: z.string().optional(),
  lastAuth: z.string().optional(),
  lastName: z.string().optional(),
  mobileNumber: z.string().nullable().optional(),
  invitationCreatedAt: z.string().optional(),
  invitationExpiresAt: z.string().nullable().optional(),
  inviterUsername: z.string().optional(),
})

const faultsSchema = z.union([faultSchema.transform((fault) => [fault]), z.array(faultSchema)])
const revocationSchema = z.strictObject({ clientId: z.string().optional() })
const rotationSchema = z.strictObject({ clientId: z.string(), clientSecret: z.string() })

export type Controlled = {
  readonly state: AtlasState
  readonly faults: Faults
  readonly log: RequestLog
  readonly now: () => Date
}

export function isControl({ path }: Incoming): boolean {
  return path === BASE || path.startsWith(`${BASE}/`)
}

/** Answers a request that controls the emulator. Only from this machine. */
export function answerControl(controlled: Controlled, request: Incoming): Reply {
  if (!/^(::ffff:)?127\.|^::1$/.test(request.remoteAddress)) return json(403, { error: 'loopback only' })
  try {
    return control(controlled, request)
  } catch (error) {
    return json(400, { error: error instanceof Error ? error.message : String(error) })
  }
}

function control({ state, faults, log, now }: Controlled, request: Incoming): Reply {
  const path = request.path.slice(BASE.length)
  const orgId = path.match(/^\/orgs\/([^/]+)\/members$/)?.[1]
  switch (`${request.method} ${orgId === undefined ? path : '/orgs/{orgId}/members'}`) {
    case 'GET /faults':
      return json(200, faults.pending)
    case 'POST /faults':
      for (const fault of faultsSchema.parse(bodyOf(request))) faults.script(fault)
      return done
    case 'DELETE /faults':
      faults.clear()
      return done
    case 'GET /requests':
      return json(200, log.requests)
    case 'DELETE /requests':
      log.clear()
      return done
    case 'GET /orgs/{orgId}/members':
      return json(200, state.org(orgId ?? '').members.all())
    case 'PUT /orgs/{orgId}/members': {
      const { members } = state.org(orgId ?? '')
      const wanted = z.array(memberSchema).parse(bodyOf(request))
      members.replaceAll(wanted.map((member) => memberFrom(member, orgId ?? '', now())))
      return done
    }
    case 'POST /revoke-tokens':
      state.revokeTokens(revocationSchema.parse(bodyOf(request)).clientId)
      return done
    case 'POST /rotate-secret': {
      const { clientId, clientSecret } = rotationSchema.parse(bodyOf(request))
      state.rotateSecret(clientId, clientSecret)
      return done
    }
    default:
      return json(404, { error: `no ${request.method} ${request.path} here` })
  }
}

const done: Reply = { status: 204, headers: {} }

function json(status: number, value: unknown): Reply {
  return { status, headers: { 'Content-Type': 'application/json' }, body: wireJson(value) }
}

function bodyOf({ body }: Incoming): unknown {
  return body === '' ? {} : JSON.parse(body)
}
