import * as z from 'zod/mini'
import type { Channel, Presence, QueueMessage } from '../core/ports.ts'
import { REFERENCE_SAYS } from '../words/reference.ts'
import type { TaskKind } from '../words/task.ts'
import { DEPARTURE_FIELDS } from './canonical/canonical.ts'
import { closedObject } from './closed-object.ts'
import { Instant, problemOf, Username } from './fields.ts'
import { isObject } from './json.ts'

const TEXT = 'expected a string of 1 to 1000 printable characters'
const Text = z.string(TEXT).check(z.regex(/^\P{C}{1,1000}$/u, TEXT))
const BOOLEAN = 'expected true or false'
const Flag = z.optional(z.boolean(BOOLEAN))
const Scope = z.optional(z.literal('app_assignment', 'expected `app_assignment`'))
const TASKS = ['case', 'search', 'reference', 'proposal'] as const satisfies readonly TaskKind[]
const CHANNELS = ['events', 'topic', 'work'] as const satisfies readonly Channel[]
const TASK_ID = 'expected a task id'

const Said = { id: Text, source: Text, username: Username, occurredAt: Instant, timedByReceipt: Flag }
const OwnDeparture = closedObject(
  {
    ...DEPARTURE_FIELDS,
    ...Said,
    scope: Scope,
    suspended: Flag,
    deletedByDirectory: Flag,
    statedAt: z.optional(Instant),
  },
  'expected a departure',
)
const OwnReturn = closedObject({ ...Said, scope: Scope, doubtful: Flag }, 'expected a return')

const EMPLOYEE_ID = 'expected an employee id'
const OwnReference = closedObject(
  {
    ...{ id: Text, source: Text, event: Text, username: z.optional(Username) },
    employeeId: z.string(EMPLOYEE_ID).check(z.regex(/^[A-Za-z0-9_-]{1,64}$/, EMPLOYEE_ID)),
    says: oneOf(REFERENCE_SAYS),
  },
  'expected a reference',
)

const TaskId = z.string(TASK_ID).check(z.regex(/^[\w.:-]{1,200}$/, TASK_ID))
const NOTICES = ['returned', 'absent_but_present'] as const satisfies readonly Presence[]
const Roles = z.array(Text, 'expected a list of roles')
const Present = closedObject(
  { userId: Text, username: Username, status: Text, orgRoles: Roles },
  'expected a member',
)

const MESSAGES = {
  task: own({ kind: z.literal('task'), task: oneOf([...TASKS, 'check']), id: TaskId }),
  unfinished: own({ kind: z.literal('unfinished'), task: oneOf(TASKS), id: TaskId }),
  present: own({ kind: z.literal('present'), id: TaskId, notice: oneOf(NOTICES), member: Present }),
  departure: own({ kind: z.literal('departure'), departure: OwnDeparture }),
  return: own({ kind: z.literal('return'), return: OwnReturn }),
  reference: own({ kind: z.literal('reference'), reference: OwnReference }),
  redriven: own({
    kind: z.literal('redriven'),
    channel: oneOf(CHANNELS),
    body: z.string('expected a string'),
    senderId: z.optional(Text),
    cameFrom: z.optional(Text),
  }),
  ignored: own({ kind: z.literal('ignored'), source: Text, why: Text }),
  unreadable: own({
    kind: z.literal('unreadable'),
    source: Text,
    reason: Text,
    namesUsername: z.boolean(BOOLEAN),
    digest: z.optional(Text),
    replay: z.optional(Text),
    oktaEvent: z.optional(z.unknown()),
  }),
}

function oneOf<const T extends readonly string[]>(words: T) {
  return z.enum(words, `expected one of ${words.join(', ')}`)
}

function own<T extends z.core.$ZodLooseShape>(fields: T) {
  return closedObject(fields, 'expected a message of ours')
}

const KINDS = Object.keys(MESSAGES) as (keyof typeof MESSAGES)[]

/** Reads what one of our own functions queued, as strictly as anything from outside. */
export function decodeMessage(message: unknown): QueueMessage | { readonly problem: string } {
  const kind = KINDS.find((one) => isObject(message) && message.kind === one)
  if (!kind) return { problem: `\`kind\`: expected one of ${KINDS.join(', ')}` }
  const decoded = MESSAGES[kind].safeParse(message)
  return decoded.success ? decoded.data : { problem: problemOf(decoded.error) }
}
