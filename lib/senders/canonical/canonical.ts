import * as z from 'zod/mini'
import type { Envelope } from '../envelope.ts'
import { EventId, Instant, problemOf, Remark, Username } from '../fields.ts'
import { type Reading, unreadable } from '../reading.ts'

const BOOLEAN = 'expected true or false'
const ALIASES = 'expected an array of at most 10 usernames'
const ORG_IDS = 'expected a non-empty array of organization ids'
const ORG_ID = 'expected 24 hexadecimal digits in lower case'

/** What a departure tells of itself, whoever sends it. */
export const DepartureFields = z.object(
  {
    username: Username,
    aliases: z.optional(z.array(Username, ALIASES).check(z.maxLength(10, ALIASES))),
    orgIds: z.optional(
      z
        .array(z.string(ORG_ID).check(z.regex(/^[a-f0-9]{24}$/, ORG_ID)), ORG_IDS)
        .check(z.minLength(1, ORG_IDS)),
    ),
    effectiveAt: z.optional(Instant),
    reason: Remark,
    requestedBy: Remark,
    // Never guessed from a text or a number: a wrong guess removes or keeps somebody.
    dryRun: z.optional(z.boolean(BOOLEAN)),
  },
  'expected a departure with `username`',
)

const Canonical = z.extend(DepartureFields, {
  id: z.optional(EventId),
  occurredAt: z.optional(Instant),
})

const WHY_OWN = 'required where no envelope has one that survives a redrive'

/** Reads the canonical departure. Its own id and time win over those of the envelope. */
export function fromCanonical(body: unknown, source: string, envelope: Envelope): Reading {
  const canonical = Canonical.safeParse(body)
  if (!canonical.success) return unreadable(`${source}: ${problemOf(canonical.error)}`)

  const { id = envelope.id, occurredAt = envelope.at, ...fields } = canonical.data
  if (id === undefined) return unreadable(`${source}: \`id\`: ${WHY_OWN}`)
  if (occurredAt === undefined) return unreadable(`${source}: \`occurredAt\`: ${WHY_OWN}`)
  const departure = { ...fields, id: `${source}:${id}`, source, occurredAt }
  return { kind: 'people', source, departures: [departure], returns: [] }
}
