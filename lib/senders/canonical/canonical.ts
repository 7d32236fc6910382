import * as z from 'zod/mini'
import { addressesIn } from '../../words/decorated.ts'
import type { Departure } from '../../words/departure.ts'
import { isAddress, sameUsername } from '../../words/username.ts'
import { closedObject } from '../closed-object.ts'
import type { Envelope } from '../envelope.ts'
import { EventId, Instant, problemOf, Remark, Username } from '../fields.ts'
import { withinHorizon } from '../people.ts'
import { type Reading, unreadable } from '../reading.ts'
import { isWrapper, openWrapper, PersonEventType } from './wrapper.ts'

const BOOLEAN = 'expected true or false'
const ALIASES = 'expected an array of at most 10 usernames'
const ORG_IDS = 'expected an array of 1 to 50 organization ids'
const ORG_ID = 'expected 24 hexadecimal digits in lower case'
const OrgId = z.string(ORG_ID).check(z.regex(/^[a-f0-9]{24}$/, ORG_ID))

/** The fields of a departure that outside senders and our own messages have in common. */
export const DEPARTURE_FIELDS = {
  username: Username,
  aliases: z.optional(z.array(Username, ALIASES).check(z.maxLength(10, ALIASES))),
  orgIds: z.optional(z.array(OrgId, ORG_IDS).check(z.minLength(1, ORG_IDS), z.maxLength(50, ORG_IDS))),
  effectiveAt: z.optional(Instant),
  reason: Remark,
  requestedBy: Remark,
  // Never guessed from a text or a number: a wrong guess removes or keeps somebody.
  dryRun: z.optional(z.boolean(BOOLEAN)),
}

const FIELDS = {
  ...DEPARTURE_FIELDS,
  type: z.optional(PersonEventType),
  id: z.optional(EventId),
  occurredAt: z.optional(Instant),
  /** For fields that a sender cannot leave out. It is never read. */
  extra: z.optional(z.unknown()),
}
const Canonical = closedObject(FIELDS, 'expected a departure with `username`')
const NOT_FOR_RETURNS = ['aliases', 'orgIds', 'effectiveAt', 'dryRun'] as const

/**
 * Reads the canonical departure or return, bare or in one wrapper. The innermost id and time count.
 *
 * @param now - stands in for a time that neither body nor envelope gives; such a departure is `timedByReceipt`
 */
export function fromCanonical(body: unknown, source: string, envelope: Envelope, now: Date): Reading {
  const wrong = (problem: string) => unreadable(`${source}: ${problem}`, body)
  const opened = isWrapper(body) ? openWrapper(body, Object.keys(FIELDS)) : { data: body }
  if ('problem' in opened) return wrong(opened.problem)
  const canonical = Canonical.safeParse(opened.data)
  if (!canonical.success) return wrong(problemOf(canonical.error, opened.data === body ? '' : 'data'))

  const { type, extra: _, id: ownId, occurredAt: ownTime, ...fields } = canonical.data
  const types = new Set([type, opened.type, envelope.type].filter((one) => one !== undefined))
  if (types.size > 1) return wrong('`type`: expected body and envelope to say the same')
  const id = ownId ?? opened.id ?? envelope.id
  const at = ownTime ?? opened.at ?? envelope.at
  if (id === undefined) return wrong('`id`: required where no envelope has one that survives a redrive')
  const said = { id: `${source}:${id}`, source, ...timeOf(at, now) }

  if (!types.has('user.returned')) {
    const departure = { ...withoutRepetitions(fields), ...said }
    return withinHorizon({ kind: 'people', source, departures: [departure], returns: [] }, now)
  }
  const key = NOT_FOR_RETURNS.find((one) => fields[one] !== undefined)
  if (key) return wrong(`\`${key}\`: not for a return, which takes back all that the same source sent`)
  const { username } = fields
  // A return under a decorated name would take nothing back, so the addresses inside return too, as doubtful.
  const inside = isAddress(username) ? [] : addressesIn(username)
  const returns = [
    { username, ...said },
    ...inside.map((name) => ({ username: name, ...said, doubtful: true })),
  ]
  return withinHorizon({ kind: 'people', source, departures: [], returns }, now)
}

function timeOf(at: Date | undefined, now: Date): Pick<Departure, 'occurredAt' | 'timedByReceipt'> {
  return at ? { occurredAt: at } : { occurredAt: now, timedByReceipt: true }
}

/** An alias that is the username again, or another alias, would count as another name of the person. */
function withoutRepetitions<T extends Pick<Departure, 'username' | 'aliases' | 'orgIds'>>(fields: T): T {
  const names = [fields.username, ...(fields.aliases ?? [])]
  const { aliases: _, ...rest } = fields
  const aliases = names.filter((name, at) => names.findIndex((one) => sameUsername(one, name)) === at)
  return {
    ...(rest as T),
    ...(aliases.length > 1 && { aliases: aliases.slice(1) }),
    ...(fields.orgIds && { orgIds: [...new Set(fields.orgIds)] }),
  }
}
