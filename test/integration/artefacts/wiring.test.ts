import { createHmac, randomBytes, randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { type AttributeValue, DynamoDBClient, PutItemCommand, ScanCommand } from '@aws-sdk/client-dynamodb'
import { LambdaClient } from '@aws-sdk/client-lambda'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { exampleOrg } from '../../../infra/local/atlas/example-org.ts'
import type { LocalAws } from '../../../infra/local/aws/local-aws.ts'
import { startHttpGateway } from '../../../infra/local/http-gateway.ts'
import { signAct } from '../../../lib/cli/sign-act.ts'
import { SCHEMAS } from '../../../lib/config.ts'
import type { Made } from '../../../lib/evidence/pages.ts'
import { eventBridgeEnvelope, oktaDeactivation, oktaUser, snsInvocation } from '../../fixtures/events.ts'
import { ORG, OTHER_ORG } from '../../support/cases.ts'
import { sailPointLifecycle } from '../../unit/senders/sailpoint/events.ts'
import { allCases, letTimePass } from './ledger-items.ts'
import { HR, OKTA } from './packaged.ts'
import { deadLetters, put, putAs } from './queue.ts'
import { type Stack, startStack } from './stack.ts'
import { rested } from './told.ts'
import { twoOrgs } from './two-orgs.ts'

/** No two values are alike, so that one that is swapped with another, scaled or left out shows. */
const PARAMETERS = {
  MaxRemovalsPerDay: '3',
  MaxRemovalsPercent: '97',
  MaxEventAgeHours: '5',
  KeepClosedDays: '33',
  RecheckDays: '4',
  ProtectedUsernames: 'break-glass@*',
  HoldOrgRoles: 'ORG_BILLING_ADMIN',
  OktaAppIds: '0oaatlas',
  OnSuspend: 'hold',
  ForwarderTopics: 'offboarding-intake',
  HookSpeaksAsOkta: 'on',
  SailPointLeftStates: 'terminated',
  Leftovers: 'report',
  HrSystems: 'hibob=UTC:day_begins',
  Rosters: JSON.stringify([
    { name: 'workday', prefix: 'workday/', timeZone: 'UTC', accessEnds: 'day_begins' },
  ]),
  HrRecheckDays: '6',
  FourEyes: 'on',
  BreakGlass: 'off',
  OrgNames: `${ORG}=Acme Production`,
}
const { version: VERSION } = JSON.parse(readFileSync('package.json', 'utf8'))
const SIGNING_KEY = randomBytes(32)
const OKTA_AUTHORIZATION = 'hook-authorization-of-forty-characters-x'
/** On a busy machine an init may take longer than Lambda allows: the message comes again. */
const REDELIVERED_AFTER_SECONDS = 15
/** Cold starts of a second stack, on a machine that is busy. */
const LONGEST_MS = 180_000
const AT_LAST = { timeout: 50_000, interval: 50 }
const [MINUTE_MS, HOUR_MS, DAY_MS] = [60_000, 3_600_000, 24 * 3_600_000]
const ago = (ms: number) => new Date(Date.now() - ms).toISOString()
const absent = (name: string) => `${name}@elsewhere.example`

const proved = new Set<string>()
const here = { stack: undefined as unknown as Awaited<ReturnType<typeof startStack>> }
const stackOf = (): Stack => here.stack

beforeAll(async () => {
  const hooks = {
    okta: { corp: { authorization: [OKTA_AUTHORIZATION], as: 'okta' } },
    standard: { workday: [`whsec_${SIGNING_KEY.toString('base64')}`] },
  }
  here.stack = await startStack({
    orgs: twoOrgs(),
    parameters: PARAMETERS,
    secrets: { 'atlas-offboarding/hooks': JSON.stringify(hooks) },
    visibilityTimeoutSeconds: REDELIVERED_AFTER_SECONDS,
  })
})
afterAll(() => here.stack[Symbol.asyncDispose]())

/** Declares what shows that keys of a function's environment reach what they are for. */
function proves(
  name: keyof typeof SCHEMAS,
  keys: string,
  effect: string,
  act: (stack: Stack) => Promise<void>,
) {
  for (const key of keys.split(' ')) proved.add(`${name} ${key}`)
  test(`${keys}: ${effect}`, () => act(stackOf()), LONGEST_MS)
}

/** The person's case in one organization, once it has an outcome. */
async function outcomeOf(stack: Stack, username: string, orgId = ORG) {
  return await vi.waitFor(async () => {
    const known = (await allCases(stack.aws)).find(
      ({ subject }) => subject.username.toLowerCase() === username && subject.orgId === orgId,
    )
    if (!known?.state.outcome) throw new Error(`No outcome of "${username}"`)
    const { outcome, departure } = known.state
    return { id: known.id, source: departure.source, outcome: known.state.outcome, kind: outcome?.kind }
  }, AT_LAST)
}

/** Proposes an act that nobody is proved to ask for, and has both of on-call confirm it. @returns what the second is told */
async function agreed(stack: Stack, request: object): Promise<unknown> {
  const { proposed } = (await stack.operator.invoke(request)).payload as { proposed?: string }
  const region = stack.aws.env.AWS_REGION ?? ''
  const endpoint = stack.aws.env.AWS_ENDPOINT_URL_STS
  let answer: unknown
  for (const credentials of Object.values(stack.aws.profiles)) {
    const client = new LambdaClient({ region, credentials })
    const act = { action: 'confirm', proposal: proposed }
    const name = 'atlas-offboarding-prod-operator'
    const signed = await signAct(client, name, act, { now: new Date(), endpoint })
    answer = (await stack.operator.invoke(signed)).payload
  }
  return answer
}

const details = (stack: Stack) =>
  stack.aws.events.map(
    ({ detail }) =>
      detail as {
        message: string
        cloud?: { org?: { uid: string; name?: string } }
        unmapped: Record<string, unknown>
      },
  )

async function noticeOf(stack: Stack, name: string) {
  return await vi.waitFor(() => {
    const found = details(stack).findLast(({ unmapped }) => unmapped.notice === name)
    if (!found) throw new Error(`No notice "${name}"`)
    return found
  }, AT_LAST)
}

const asked = async (stack: Stack, request: object) =>
  (await stack.operatorRead.invoke(request)).payload as Record<string, unknown>

const fromOkta = (facts: Parameters<typeof oktaDeactivation>[0]) =>
  eventBridgeEnvelope(oktaDeactivation({ uuid: randomUUID(), published: ago(0), ...facts }), {
    source: OKTA,
    id: randomUUID(),
    time: ago(0),
  })

describe('departures', () => {
  proves(
    'departures',
    'ORGS ATLAS_BASE_URL LEDGER_TABLE AUDIT_BUS MODE EVENTS_QUEUE_ARN',
    'a system on the bus says that somebody left, and both organizations lose them at once',
    async (stack) => {
      await stack.says('User Departed', { username: 'grace@example.com' })
      for (const orgId of [ORG, OTHER_ORG]) {
        expect(await outcomeOf(stack, 'grace@example.com', orgId)).toMatchObject({
          source: `eventbridge/${HR}`,
          kind: 'removed',
        })
        expect(stack.atlas.state.orgs.get(orgId)?.members.named('grace@example.com')).toEqual([])
      }
      await vi.waitFor(
        () => expect(details(stack).filter(({ message }) => message === 'Removed')).toHaveLength(2),
        AT_LAST,
      )
    },
  )

  proves(
    'departures',
    'LEFTOVERS WORK_QUEUE_URL',
    'the search is queued by the function itself, and only reports',
    async (stack) => {
      await noticeOf(stack, 'leftovers')
      const [payments] = [...(stack.atlas.state.orgs.get(ORG)?.projects.values() ?? [])]
      expect(JSON.stringify(payments?.invites)).toContain('grace@example.com')
    },
  )

  proves('departures', 'KEEP_CLOSED_DAYS', 'a closed case leaves the ledger after 33 days', async (stack) => {
    const { id } = await outcomeOf(stack, 'grace@example.com')
    expect(await keptDays(stack.aws, id)).toBeCloseTo(33, 1)
  })

  proves('departures', 'ORG_NAMES', 'an outcome names the organization', async (stack) => {
    const [grace] = details(stack).filter(({ cloud }) => cloud?.org?.uid === ORG)
    expect(grace?.cloud?.org).toEqual({ uid: ORG, name: 'Acme Production' })
  })

  proves('departures', 'PROTECTED_USERNAMES', 'a protected account is refused', async (stack) => {
    await stack.says('User Departed', { username: 'break-glass@example.com' })
    expect((await outcomeOf(stack, 'break-glass@example.com')).outcome).toMatchObject({ reason: 'protected' })
  })

  proves('departures', 'HOLD_ORG_ROLES', 'who holds the role is held, and an owner is not', async (stack) => {
    await stack.says('User Departed', { username: 'edsger@example.com' })
    await stack.says('User Departed', { username: 'ada@example.com', dryRun: true })
    expect((await outcomeOf(stack, 'edsger@example.com')).outcome).toMatchObject({ reason: 'privileged' })
    expect(await outcomeOf(stack, 'ada@example.com')).toMatchObject({ kind: 'would_remove' })
  })

  proves(
    'departures',
    'MAX_EVENT_AGE_HOURS',
    'an event of six hours ago is old, one of four is not',
    async (stack) => {
      await put(stack.aws, 'events', fromOkta({ username: absent('six'), published: ago(6 * HOUR_MS) }))
      await put(stack.aws, 'events', fromOkta({ username: absent('four'), published: ago(4 * HOUR_MS) }))
      expect((await outcomeOf(stack, absent('six'))).outcome).toMatchObject({ reason: 'stale_event' })
      expect(await outcomeOf(stack, absent('four'))).toMatchObject({ kind: 'already_absent', source: 'okta' })
    },
  )

  proves('departures', 'ON_SUSPEND', 'a suspension is held', async (stack) => {
    const event = fromOkta({ username: absent('suspended'), eventType: 'user.lifecycle.suspend' })
    await put(stack.aws, 'events', event)
    expect((await outcomeOf(stack, absent('suspended'))).outcome).toMatchObject({ reason: 'suspended' })
  })

  proves(
    'departures',
    'OKTA_APP_IDS',
    'the loss of our application is a departure, of another none',
    async (stack) => {
      await put(stack.aws, 'events', fromOkta(unassigned('0oaother', absent('other-app'))))
      await put(stack.aws, 'events', fromOkta(unassigned('0oaatlas', absent('our-app'))))
      expect(await outcomeOf(stack, absent('our-app'))).toMatchObject({ kind: 'already_absent' })
      await atRest(stack)
      expect(await hasCase(stack, absent('other-app'))).toBe(false)
    },
  )

  proves(
    'departures',
    'SAILPOINT_LEFT_STATES',
    'the lifecycle state of leavers is a departure',
    async (stack) => {
      const name = absent('terminated')
      const named = { attributes: { email: name }, identity: { name: 'Ada Lovelace' } }
      const detail = sailPointLifecycle('active', 'terminated', named)
      const source = 'aws.partner/sailpoint.com/acme/stream'
      const facts = { source, detailType: 'idn:identity-attributes-changed', id: randomUUID(), time: ago(0) }
      await put(stack.aws, 'events', eventBridgeEnvelope(detail, facts))
      expect(await outcomeOf(stack, name)).toMatchObject({ kind: 'already_absent', source: 'sailpoint' })
    },
  )

  proves(
    'departures',
    'FORWARDER_TOPICS TOPIC_QUEUE_ARN',
    'what a forwarder brings speaks as its source, and what it says itself as the topic',
    async (stack) => {
      await stack.aws.publish(JSON.stringify(fromOkta({ username: absent('forwarded') })))
      await stack.aws.publish(JSON.stringify({ username: absent('by-topic') }))
      expect(await outcomeOf(stack, absent('forwarded'))).toMatchObject({ source: 'okta' })
      expect(await outcomeOf(stack, absent('by-topic'))).toMatchObject({ source: 'sns/offboarding-intake' })
    },
  )

  proves(
    'departures',
    'EVENTS_QUEUE_URL TOPIC_QUEUE_URL',
    'an event that invokes the function directly goes to the queue of its channel',
    async (stack) => {
      const published = snsInvocation({ username: absent('direct-topic') })
      await stack.departures.invoke(fromOkta({ username: absent('direct-bus') }))
      await stack.departures.invoke(published)
      expect(await outcomeOf(stack, absent('direct-bus'))).toMatchObject({ source: 'okta' })
      expect((await outcomeOf(stack, absent('direct-topic'))).source).toMatch(/^sns\//)
    },
  )

  proves(
    'departures',
    'WORK_QUEUE_ARN SENDER_ROLES',
    'each function of ours speaks for itself on the work queue, and nobody for another',
    async (stack) => {
      const forged = { id: 'operator:1', source: 'operator', username: absent('forged'), occurredAt: ago(0) }
      await putAs(stack.aws, stack.aws.identityOf('http').env, 'work', {
        kind: 'departure',
        departure: forged,
      })
      await stack.operator.invoke({ action: 'remove', username: absent('by-operator') })
      expect(await outcomeOf(stack, absent('by-operator'))).toMatchObject({ source: 'operator' })
      expect(await hasCase(stack, absent('forged'))).toBe(false)
    },
  )

  proves(
    'departures',
    'EVENTS_DLQ_URL TOPIC_DLQ_URL WORK_DLQ_URL',
    'what cannot be read lies on the DLQ of its own channel',
    async (stack) => {
      await put(stack.aws, 'events', 'events: nothing')
      for (const number of [1, 2]) await put(stack.aws, 'topic', `topic: nothing ${number}`)
      for (const number of [1, 2]) await put(stack.aws, 'work', `work: nothing ${number}`)
      await atRest(stack)
      await vi.waitFor(async () => {
        const { deadLetters: counts } = await asked(stack, { action: 'status' })
        expect(counts).toEqual({ events: 1, topic: 2, work: 3 })
      }, AT_LAST)
    },
  )

  proves('departures', 'HOOK_SPEAKS_AS_OKTA', 'the key that declares it speaks as Okta', async (stack) => {
    await sendOkta(
      stack,
      oktaDeactivation({ uuid: randomUUID(), username: absent('by-hook'), published: ago(0) }),
    )
    expect(await outcomeOf(stack, absent('by-hook'))).toMatchObject({ source: 'okta' })
  })

  proves(
    'departures',
    'MAX_REMOVALS_PER_DAY',
    'the fourth of a day is held, and the limit named',
    async (stack) => {
      for (const name of ['alan', 'katherine', 'barbara'])
        await stack.says('User Departed', { username: `${name}@example.com`, orgIds: [OTHER_ORG] })
      const { unmapped, cloud } = await noticeOf(stack, 'stopped_over_limit')
      expect([unmapped.limit, cloud?.org?.uid]).toEqual([3, OTHER_ORG])
    },
  )

  proves(
    'departures',
    'FOUR_EYES VERSION',
    'a report names both as they were at a message',
    async (stack) => {
      await stack.says('User Departed', { username: absent('by-version') })
      await outcomeOf(stack, absent('by-version'))
      await atRest(stack)
      const { made } = await asked(stack, { action: 'report', since: ago(DAY_MS) })
      expect((made as Made).changes.at(-1)).toMatchObject({ fourEyes: true, version: VERSION })
    },
  )

  proves('departures', 'MAX_REMOVALS_PERCENT', 'three fifths of seven members are four', async () => {
    await using small = await startStack({
      parameters: { MaxRemovalsPerDay: '9', MaxRemovalsPercent: '60' },
      visibilityTimeoutSeconds: REDELIVERED_AFTER_SECONDS,
    })
    const leaves = (name: string) => small.says('User Departed', { username: `${name}@example.com` })
    // Nobody is counted before three of ten are out.
    for (const name of ['alan', 'katherine', 'grace']) {
      await leaves(name)
      await outcomeOf(small, `${name}@example.com`)
    }
    for (const name of ['edsger', 'barbara']) await leaves(name)
    expect((await noticeOf(small, 'stopped_over_limit')).unmapped.limit).toBe(4)
  })
})

describe('sweep', () => {
  proves(
    'sweep',
    'READ_ORGS ATLAS_BASE_URL LEDGER_TABLE AUDIT_BUS RECHECK_DAYS',
    'each hour both organizations are compared; who was removed three days ago and is back is published, five days ago not',
    async (stack) => {
      const before = stack.seeded[ORG]?.find(({ username }) => username === 'grace@example.com')
      if (!before) throw new Error('nobody to put back')
      const [young, old] = [
        await outcomeOf(stack, 'grace@example.com'),
        await outcomeOf(stack, 'grace@example.com', OTHER_ORG),
      ]
      await age(stack.aws, young.id, 3 * DAY_MS)
      await age(stack.aws, old.id, 5 * DAY_MS)
      for (const orgId of [ORG, OTHER_ORG]) stack.atlas.state.orgs.get(orgId)?.members.put(before)

      expect((await stack.sweep.invoke({ job: 'hour' })).functionError).toBeUndefined()

      const returned = details(stack).filter(({ unmapped }) => unmapped.notice === 'returned')
      expect(returned.map(({ cloud }) => cloud?.org?.uid)).toEqual([ORG])
      expect(await keptDays(stack.aws, young.id)).toBeCloseTo(33, 1)
      const { orgs } = await asked(stack, { action: 'status' })
      expect((orgs as readonly { members?: number }[]).map(({ members = 0 }) => members > 0)).toEqual([
        true,
        true,
      ])
    },
  )

  for (const key of ['HR_SYSTEMS', 'HR_SECRET_ID', 'HR_RECHECK_DAYS']) proved.add(`departures ${key}`)
  proves(
    'sweep',
    'HR_SYSTEMS',
    'each day HR is asked who left in the last days, by whoever may',
    async (stack) => {
      const [lately, before] = [absent('left-lately'), absent('left-before')]
      for (const [id, workEmail, days] of [
        ['1', lately, 5],
        ['2', before, 8],
      ] as const) {
        const leavesOn = ago(days * DAY_MS).slice(0, 10)
        stack.hr.people.hibob.set(id, { id, workEmail, state: 'left', leavesOn })
      }
      await stack.sweep.invoke({ job: 'day' })

      expect(await outcomeOf(stack, lately)).toMatchObject({ kind: 'already_absent', source: 'hr/hibob' })
      await rested(stack)
      const cases = await allCases(stack.aws)
      expect(cases.filter(({ subject }) => subject.username === before)).toEqual([])
    },
  )

  proves('sweep', 'WORK_QUEUE_URL', 'what is due and has lost its message is worked on', async (stack) => {
    const effectiveAt = new Date(Date.now() + 20 * MINUTE_MS).toISOString()
    await stack.says('User Departed', { username: absent('scheduled'), effectiveAt })
    expect(await outcomeOf(stack, absent('scheduled'))).toMatchObject({ kind: 'scheduled' })
    await letTimePass(stack.aws, 21 * MINUTE_MS)
    await stack.sweep.invoke({ job: 'minute' })
    await vi.waitFor(
      async () => expect((await outcomeOf(stack, absent('scheduled'))).kind).toBe('already_absent'),
      AT_LAST,
    )
  })

  proves('sweep', 'ORG_NAMES', 'the misuse of a credential names the organization', async (stack) => {
    const publicKey = exampleOrg().serviceAccounts.find(({ role }) => role === 'ORG_OWNER')?.clientId
    const created = ago(30 * MINUTE_MS)
    const removal = {
      id: 'e'.repeat(24),
      created,
      eventTypeName: 'REMOVED_FROM_ORG',
      orgId: ORG,
      isGlobalAdmin: false,
    }
    stack.atlas.state.orgs.get(ORG)?.events.add({ ...removal, publicKey, targetUsername: 'eve@example.com' })
    await stack.sweep.invoke({ job: 'hour' })

    expect((await noticeOf(stack, 'credential_misuse')).cloud?.org).toEqual({
      uid: ORG,
      name: 'Acme Production',
    })
    await agreed(stack, { action: 'resume', orgId: ORG, because: 'drill' })
  })

  proves(
    'sweep',
    'EVENTS_DLQ_URL TOPIC_DLQ_URL WORK_DLQ_URL',
    'each day every DLQ is named with its own number',
    async (stack) => {
      await stack.sweep.invoke({ job: 'day' })
      const { message } = await noticeOf(stack, 'still_open')
      for (const part of [
        '1 message on the DLQ of the events',
        '2 messages on the DLQ of the topic',
        '3 messages on the DLQ of the work',
      ])
        expect(message).toContain(part)
    },
  )
})

describe('operator', () => {
  proves('operator', 'ORG_NAMES', 'a pause names the organization', async (stack) => {
    const claim = { by: 'grace', because: 'drill' }
    await stack.operator.invoke({ action: 'pause', orgId: ORG, ...claim })
    expect((await noticeOf(stack, 'stopped_paused')).cloud?.org).toEqual({
      uid: ORG,
      name: 'Acme Production',
    })
    await agreed(stack, { action: 'resume', orgId: ORG, ...claim })
  })

  proves('operator', 'AUDIT_BUS', 'the test alert is published', async (stack) => {
    await stack.operator.invoke({ action: 'test_alert', by: 'grace' })
    await noticeOf(stack, 'test_alert')
  })

  proves(
    'operator',
    'READ_ORGS LEDGER_TABLE',
    'each organization can be paused by its id, and no other',
    async (stack) => {
      const claim = { by: 'grace', because: 'drill' }
      for (const orgId of [ORG, OTHER_ORG]) {
        await stack.operator.invoke({ action: 'pause', orgId, ...claim })
        expect(await stopsOf(stack, orgId)).toContain('paused')
        await agreed(stack, { action: 'resume', orgId, ...claim })
      }
      const { payload } = await stack.operator.invoke({ action: 'pause', orgId: 'a'.repeat(24), ...claim })
      expect(payload).toMatchObject({ error: expect.stringContaining('is not configured') })
    },
  )

  proves(
    'operator',
    'FOUR_EYES BREAK_GLASS',
    'what needs two people waits for them, and nobody does it alone',
    async (stack) => {
      const resume = { action: 'resume', because: 'drill' }
      expect((await stack.operator.invoke(resume)).payload).toMatchObject({ needs: 2 })
      expect((await stack.operator.invoke({ ...resume, breakGlass: 'at night' })).payload).toMatchObject({
        error: expect.stringContaining('switched off'),
      })
      expect(await noticeOf(stack, 'proposed')).toMatchObject({ unmapped: { action: 'resume' } })
    },
  )

  proves('operator-read', 'VERSION', 'a report names it', async (stack) => {
    const { made } = await asked(stack, { action: 'report', since: ago(DAY_MS) })
    expect((made as Made).settings.version).toBe(VERSION)
  })

  proves('operator-read', 'FOUR_EYES', '`status` says that two people are needed', async (stack) => {
    expect(await asked(stack, { action: 'status' })).toMatchObject({ fourEyes: true })
  })

  proves('operator-read', 'ORG_NAMES', 'a question names the organization', async (stack) => {
    const { orgs } = await asked(stack, { action: 'place' })
    expect(orgs).toContainEqual({ orgId: ORG, name: 'Acme Production' })
  })

  proves('operator', 'WORK_QUEUE_URL', 'a removal by hand is worked on', async (stack) => {
    const { payload } = await stack.operator.invoke({ action: 'remove', username: absent('by-hand') })
    expect(payload).toMatchObject({ pending: false })
  })

  proves(
    'operator',
    'KEEP_CLOSED_DAYS',
    'who is forgotten leaves a case that stays as long',
    async (stack) => {
      const { id } = await outcomeOf(stack, absent('by-hand'))
      await atRest(stack)
      const username = absent('by-hand')
      const other = await outcomeOf(stack, username, OTHER_ORG)
      for (const caseId of [id, other.id]) await age(stack.aws, caseId, 31 * DAY_MS)
      const confirmed = await agreed(stack, { action: 'forget', username, because: 'law' })
      expect(confirmed).toMatchObject({ result: 'done', answer: { pseudonym: expect.any(String) } })
      expect(await keptDays(stack.aws, id)).toBeCloseTo(33, 1)
    },
  )
})

describe('operator-read', () => {
  proves(
    'operator-read',
    'MODE MAX_REMOVALS_PER_DAY MAX_REMOVALS_PERCENT',
    '`status` shows each as it is',
    async (stack) => {
      expect(await asked(stack, { action: 'status' })).toMatchObject({
        mode: 'enforce',
        limits: { maxRemovalsPerDay: 3, maxRemovalsPercent: 97 },
      })
    },
  )

  proves(
    'operator',
    'EVENTS_DLQ_URL TOPIC_DLQ_URL WORK_DLQ_URL',
    '`redrive` finds what `dlq` lists, on each DLQ',
    async (stack) => {
      const { letters } = (await asked(stack, { action: 'dlq' })) as unknown as Letters
      const ids = ['events', 'topic', 'work'].map(
        (name) => letters.find(({ channel }) => channel === name)?.id,
      )
      const confirmed = await agreed(stack, { action: 'redrive', letters: ids, because: 'drill' })
      expect(confirmed).toMatchObject({ answer: { redriven: expect.arrayContaining(ids), notFound: [] } })
      await atRest(stack)
    },
  )

  proves(
    'operator-read',
    'EVENTS_DLQ_URL TOPIC_DLQ_URL WORK_DLQ_URL',
    '`status` counts each DLQ',
    async (stack) => {
      expect((await asked(stack, { action: 'status' })).deadLetters).toEqual({ events: 1, topic: 2, work: 3 })
      expect(await deadLetters(stack.aws, 'events')).toMatchObject([{ body: 'events: nothing' }])
    },
  )

  proves(
    'operator-read',
    'READ_ORGS ATLAS_BASE_URL LEDGER_TABLE',
    '`lookup` asks both organizations, and knows the case',
    async (stack) => {
      const { memberships, cases } = await asked(stack, { action: 'lookup', username: 'edsger@example.com' })
      expect(memberships).toMatchObject([ORG, OTHER_ORG].map((orgId) => ({ orgId, kind: 'member' })))
      expect(cases).toHaveLength(2)
    },
  )

  proves(
    'operator-read',
    'PROTECTED_USERNAMES',
    '`orphans` leaves out whom the roster need not name',
    async (stack) => {
      const answer = JSON.stringify(await asked(stack, { action: 'orphans' }))
      expect(answer).toContain('break-glass')
      expect(answer).toMatch(/"protected"|isProtected|protected/)
    },
  )
})

describe('http', () => {
  proves(
    'http',
    'SCIM_SECRET_ID READ_ORGS ATLAS_BASE_URL LEDGER_TABLE WORK_QUEUE_URL',
    'a directory finds a member of either organization, is told that it knows nobody else, and deactivates them',
    async (stack) => {
      const send = scimClient(stack)
      const found = await send(
        'GET',
        `/Users?filter=${encodeURIComponent('userName eq "margaret@example.com"')}`,
      )
      const [user] = found.body.Resources as { id: string }[]
      expect((await send('GET', `/Users/${'a'.repeat(24)}`)).status).toBe(404)
      const patch = {
        schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'],
        Operations: [{ op: 'Replace', path: 'active', value: false }],
      }
      expect((await send('PATCH', `/Users/${user?.id}`, patch)).status).toBe(200)
      for (const orgId of [ORG, OTHER_ORG])
        expect((await outcomeOf(stack, 'margaret@example.com', orgId)).source).toBe('scim/entra')
    },
  )

  proves('http', 'HOOK_SECRET_ID', 'a signed hook of its key is taken', async (stack) => {
    expect(await sendStandard(stack, { username: absent('standard') })).toBe(204)
    expect(await outcomeOf(stack, absent('standard'))).toMatchObject({ source: 'hook/workday' })
  })

  proves('http', 'ON_SUSPEND OKTA_APP_IDS', "Okta's hook is read by the same settings", async (stack) => {
    const uuid = () => ({ uuid: randomUUID(), published: ago(0) })
    await sendOkta(
      stack,
      oktaDeactivation({
        ...uuid(),
        username: absent('hook-suspended'),
        eventType: 'user.lifecycle.suspend',
      }),
    )
    await sendOkta(stack, oktaDeactivation({ ...uuid(), ...unassigned('0oaother', absent('hook-other')) }))
    await sendOkta(stack, oktaDeactivation({ ...uuid(), ...unassigned('0oaatlas', absent('hook-app')) }))
    expect((await outcomeOf(stack, absent('hook-suspended'))).outcome).toMatchObject({ reason: 'suspended' })
    expect(await outcomeOf(stack, absent('hook-app'))).toMatchObject({ kind: 'already_absent' })
    expect(await hasCase(stack, absent('hook-other'))).toBe(false)
  })
})

describe('roster', () => {
  proves(
    'roster',
    'LEDGER_TABLE READ_ORGS ROSTERS ROSTER_BUCKET WORK_QUEUE_URL',
    'a file of the bucket is joined with the member lists of both organizations, and who left is queued',
    async (stack) => {
      await stack.sweep.invoke({ job: 'hour' })
      const today = new Date().toISOString().slice(0, 10)
      const file = `Email,Worker Status,Termination Date\nkatherine@example.com,Terminated,${today}\nada@example.com,Active,\n`
      await stack.roster.invoke(stack.aws.rosters.put('workday/a.csv', file))

      await vi.waitFor(async () => {
        const taken = (await allCases(stack.aws)).filter(
          ({ state }) => state.departure.source === 'roster/workday',
        )
        expect(taken.map(({ subject }) => subject.orgId).toSorted()).toEqual([ORG, OTHER_ORG])
      }, AT_LAST)
      const { rosters } = await asked(stack, { action: 'status' })
      expect(rosters).toMatchObject([{ roster: 'workday' }])
    },
  )

  proves(
    'sweep',
    'ROSTERS',
    'a file that did not come is an alarm for the rosters that are expected',
    async (stack) => {
      const { logs } = await stack.sweep.invoke({ job: 'minute' })
      expect(logs.join('\n')).toContain('RosterSilence')
    },
  )
})

/** Keys that are checked at load and used by nothing yet; a use needs its row. */
const UNUSED = ['operator ATLAS_BASE_URL']

test('every key of every environment has a row', () => {
  const keys = Object.entries(SCHEMAS).flatMap(([name, { shape }]) =>
    Object.keys(shape).map((key) => `${name} ${key}`),
  )

  expect([...proved, ...UNUSED].toSorted()).toEqual(keys.toSorted())
})

function unassigned(application: string, username: string) {
  const target = [{ id: application, type: 'AppInstance' }, oktaUser(username)]
  return { eventType: 'application.user_membership.remove', target }
}

type Letters = { readonly letters: readonly { readonly id: string; readonly channel: string }[] }

async function hasCase(stack: Stack, username: string): Promise<boolean> {
  return (await allCases(stack.aws)).some(({ subject }) => subject.username === username)
}

async function stopsOf(stack: Stack, orgId: string): Promise<readonly string[]> {
  const { orgs } = await asked(stack, { action: 'status' })
  const org = (orgs as readonly { orgId: string; stops: { kind: string }[] }[]).find(
    (one) => one.orgId === orgId,
  )
  return org?.stops.map(({ kind }) => kind) ?? []
}

async function posted(
  stack: Stack,
  path: string,
  headers: Record<string, string>,
  body: string,
): Promise<number> {
  const { url, close } = await startHttpGateway(stack.http)
  try {
    const all = { 'content-type': 'application/json', ...headers }
    return (await fetch(`${url}${path}`, { method: 'POST', headers: all, body })).status
  } finally {
    await close()
  }
}

async function sendOkta(stack: Stack, event: object): Promise<void> {
  const body = JSON.stringify({ data: { events: [event] } })
  expect(await posted(stack, '/hooks/okta', { authorization: OKTA_AUTHORIZATION }, body)).toBe(204)
}

/** @see https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md */
async function sendStandard(stack: Stack, departure: object): Promise<number> {
  const body = JSON.stringify(departure)
  const [id, timestamp] = ['msg-1', String(Math.floor(Date.now() / 1_000))]
  const signature = createHmac('sha256', SIGNING_KEY).update(`${id}.${timestamp}.${body}`).digest('base64')
  const headers = { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': `v1,${signature}` }
  return await posted(stack, '/hooks/standard', headers, body)
}

function scimClient(stack: Stack) {
  const authorization = `Bearer ${stack.callers.scimToken}`
  return async (method: string, path: string, sent?: object) => {
    const { url, close } = await startHttpGateway(stack.http)
    try {
      const headers = { authorization, 'content-type': 'application/scim+json' }
      const body = sent && JSON.stringify(sent)
      const reply = await fetch(`${url}/scim/v2${path}`, { method, headers, ...(body && { body }) })
      return { status: reply.status, body: (await reply.json()) as Record<string, unknown> }
    } finally {
      await close()
    }
  }
}

type Item = Record<string, AttributeValue>

async function withItem<T>(
  { env, table }: LocalAws,
  caseId: string,
  use: (item: Item, client: DynamoDBClient) => Promise<T>,
) {
  const client = new DynamoDBClient({
    endpoint: env.AWS_ENDPOINT_URL_DYNAMODB ?? '',
    region: env.AWS_REGION ?? '',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  })
  try {
    const { Items = [] } = await client.send(new ScanCommand({ TableName: table }))
    const item = Items.find(({ pk }) => pk?.S === `case#${caseId}`)
    if (!item) throw new Error(`Cannot find "${caseId}"`)
    return await use(item, client)
  } finally {
    client.destroy()
  }
}

/** For how long an item stays after its case was closed, in days. */
async function keptDays(aws: LocalAws, caseId: string): Promise<number> {
  return await withItem(aws, caseId, async ({ expiresAt, closedAt }) => {
    return (Number(expiresAt?.N) * 1_000 - Date.parse(closedAt?.S ?? '')) / DAY_MS
  })
}

/** Makes everything in a case so much older. */
async function age(aws: LocalAws, caseId: string, ms: number): Promise<void> {
  const older = (text: string) =>
    text.replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, (at) => new Date(Date.parse(at) - ms).toISOString())
  await withItem(aws, caseId, async (item, client) => {
    const closedAt = older(item.closedAt?.S ?? '')
    const changed = {
      body: { S: older(item.body?.S ?? '') },
      closedAt: { S: closedAt },
      closedDay: { S: closedAt.slice(0, 10) },
    }
    await client.send(new PutItemCommand({ TableName: aws.table, Item: { ...item, ...changed } }))
  })
}

/** Nothing waits, and nothing is being worked on, also where a message had to come again. */
async function atRest(stack: Stack): Promise<void> {
  await vi.waitFor(() => rested(stack), AT_LAST)
}
