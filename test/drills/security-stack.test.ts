import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { exampleOrg } from '../../infra/local/atlas/example-org.ts'
import { digestAuthorization, digestChallenge } from '../../lib/atlas/digest.ts'
import { idOf } from '../../lib/doors/scim/user.ts'
import { signature } from '../integration/http/desk.ts'
import { ORG } from '../support/cases.ts'
import { type IncidentStack, LEAKED, startIncidentStack } from './incident-stack.ts'
import { incidentSays } from './runbook.ts'

// One stack for all of them: each leaves it as it found it.
let stack: IncidentStack
let before: readonly string[]
beforeAll(async () => {
  stack = await startIncidentStack()
  before = stack.people()
})
afterAll(() => stack.close())
afterEach(async () => {
  expect(stack.people()).toEqual(before)
  const { out } = await stack.run('atlas-offboarding status')
  expect(out).toMatch(/^Paused {2}no$/m)
  expect(out).toContain('No open cases')
})

const ALAN = 'alan@example.com'
const EDSGER = 'edsger@example.com'
const NEW_TOKEN = 'scim-token-for-tests-0009-abcdefgh'
const NEW_KEY = `whsec_${Buffer.from('a newer signing key of 32 bytes.').toString('base64')}`

const USERS = `/api/atlas/v2/orgs/${ORG}/users`
const MEMBER = { orgRoles: ['ORG_MEMBER'] }

/** Whoever has the key deletes a member, past us. */
async function stealsAway(id: string): Promise<number> {
  const target = { method: 'DELETE', path: `${USERS}/${id}` } as const
  const accept = 'application/vnd.atlas.2025-02-19+json'
  const sends = (headers: object) =>
    fetch(`${stack.emulator.url}${target.path}`, { method: 'DELETE', headers: { accept, ...headers } })
  const challenge = digestChallenge((await sends({})).headers.get('www-authenticate') ?? '')
  if (!challenge) throw new Error('Cannot answer Atlas')
  const by = { ...LEAKED, cnonce: '0123456789abcdef', uses: 1 }
  return (await sends({ authorization: digestAuthorization(challenge, target as never, by) })).status
}

// First: Atlas's clock only goes forward.
test('an owner secret leaked: its use pauses the organization, and it is over when preflight finds nothing wrong and the next hour is quiet', async () => {
  const isWrong = () => false
  const misuses = () => stack.alerts().filter(({ unmapped }) => unmapped.notice === 'credential_misuse')
  const { shows, over } = incidentSays('an owner secret leaked')
  // A removal of ours, by which we know our own credential in Atlas's events.
  await stack.run(`atlas-offboarding remove ${EDSGER} --because HR-1042`)
  const { id } = stack.memberNamed(ALAN)
  expect(await stealsAway(id)).toBe(204)
  stack.atlas.behindMs = 0
  await stack.hourly()

  const seen = await stack.types(shows, { isWrong })
  const { clientId, clientSecret } = exampleOrg().serviceAccounts[0]
  const typed = await stack.follows('an owner secret leaked', {
    ...{ isWrong, secret: { clientId, clientSecret, orgId: ORG } },
    async elsewhere() {
      await stack.emulates('rotate-secret', { clientId: LEAKED.publicKey, clientSecret: 'revoked' })
      // By hand: nothing of ours knows what they held.
      for (const username of [ALAN, EDSGER]) await stack.invites(USERS, { username, roles: MEMBER })
    },
  })
  await stack.hourly()

  expect(misuses()).toMatchObject([{ user: { name: ALAN } }])
  expect(seen).toMatch(new RegExp(`^${ORG} .* paused`, 'm'))
  expect(typed).toEqual({ 'put-secret-value': 1, preflight: 1, resume: 1 })
  expect(await stealsAway(stack.memberNamed(ALAN).id)).toBe(401)
  expect(await stack.types(over, { isWrong })).toContain(', 0 wrong, ')
})

type Key = {
  readonly incident: string
  readonly source: string
  readonly secret: object
  readonly leaked: () => string
  readonly fresh: string
  /** Asks for a removal. @returns the status of the answer */
  readonly removes: (key: string, username: string) => Promise<number>
  /** Asks for something that removes nobody. */
  readonly asks: (key: string) => Promise<number>
}

const scim = async (token: string, method: string, path: string) =>
  (
    await fetch(`${stack.http.url}/scim/v2/Users${path}`, {
      method,
      headers: { authorization: `Bearer ${token}` },
    })
  ).status

async function hook(key: string, departure: object): Promise<number> {
  const body = JSON.stringify(departure)
  const signed = signature(body, new Date(), `m-${crypto.randomUUID()}`, key)
  const headers = { 'content-type': 'application/json', ...signed }
  return (await fetch(`${stack.http.url}/hooks/standard`, { method: 'POST', headers, body })).status
}

test.each<Key>([
  {
    incident: 'a SCIM token leaked',
    source: 'scim/entra',
    secret: { tokens: { entra: [NEW_TOKEN] } },
    leaked: () => stack.callers.scimToken,
    fresh: NEW_TOKEN,
    removes: (token, username) => scim(token, 'DELETE', `/${idOf(username)}`),
    asks: (token) => scim(token, 'GET', '?filter=userName+eq+%22grace@example.com%22'),
  },
  {
    incident: 'a hook key leaked',
    source: 'hook/local',
    secret: { standard: { local: [NEW_KEY] } },
    leaked: () => stack.callers.signingKey,
    fresh: NEW_KEY,
    removes: (key, username) => hook(key, { username }),
    asks: (key) => hook(key, { username: 'grace@example.com', dryRun: true }),
  },
])('$incident: what the runbook says shows it, ends it, and says that it is over', async (key) => {
  const { incident, source, removes, asks, secret } = key
  const isWrong = (row: { readonly source: string }) => row.source === source
  const { shows, over } = incidentSays(incident)
  const leaked = key.leaked()
  expect(await removes(leaked, ALAN)).toBeLessThan(300)
  await stack.settled(source, ALAN, 'removed')

  const seen = await stack.types(shows, { isWrong })
  const typed = await stack.follows(incident, {
    ...{ isWrong, secret },
    // The attacker goes on while on call is at it.
    async paused() {
      expect(await removes(leaked, EDSGER)).toBeLessThan(300)
      await stack.settled(source, EDSGER, 'held')
    },
  })

  expect(seen).toContain(source)
  expect(typed).toEqual({ pause: 1, 'put-secret-value': 1, cancel: 1, restore: 1, resume: 1 })
  expect([await removes(leaked, EDSGER), await asks(leaked), await asks(key.fresh)]).toEqual([
    401,
    401,
    expect.toSatisfy((status: number) => status < 300),
  ])
  await stack.settled(source, EDSGER, 'cancelled')
  await vi.waitFor(
    async () => expect(await stack.types(over, { isWrong })).toContain('No open cases'),
    10_000,
  )
})

test('a malicious operator: alerts name them, and it is over when no act of theirs is newer than the change in IAM', async () => {
  const colleague = stack.aws.profiles.colleague
  const incident = 'a malicious operator'
  const isWrong = ({ source, requestedBy }: { source: string; requestedBy?: string }) =>
    source === 'operator' && requestedBy === colleague?.arn
  const { shows, over } = incidentSays(incident)
  const asColleague = (line: string) =>
    stack.run(`atlas-offboarding ${line} --by nobody@example.com --because grudge --profile colleague`)
  await asColleague(`remove ${ALAN}`)
  await stack.settled('operator', ALAN, 'removed')
  await asColleague(`remove ${EDSGER} --effective-at 1d`)
  await asColleague('approve --usernames leavers.txt --until 2d')

  const seen = await stack.types(shows, { isWrong })
  const changedAt = Date.now()
  const typed = await stack.follows(incident, {
    isWrong,
    elsewhere: () => void stack.disabled.add(colleague?.accessKeyId ?? ''),
  })
  const again = await asColleague(`remove ${EDSGER}`)

  expect(seen).toContain('grace@example.com')
  expect(typed).toEqual({ pause: 1, cancel: 1, restore: 1, resume: 1 })
  expect(again).toMatchObject({ status: 2, err: expect.stringContaining('nothing was done') })
  const hers = stack.alerts().filter(({ actor }) => actor?.user.name === colleague?.arn)
  expect(hers.map(({ unmapped }) => unmapped.notice)).toContain('operator_acted')
  expect(hers.find(({ unmapped }) => unmapped.notice === 'operator_acted')?.message).toBe(
    'approve, 1 person. By colleague@example.com, who typed nobody@example.com.',
  )
  expect(hers.filter(({ time }) => time > changedAt)).toEqual([])
  await vi.waitFor(
    async () => expect(await stack.types(over, { isWrong })).toContain('No open cases'),
    10_000,
  )
})

test('a forged event: its case names the source, and it is over when that sends nothing more', async () => {
  const source = 'eventbridge/hr.example'
  const isWrong = (row: { readonly source: string }) => row.source === source
  const incident = 'a forged event'
  const { shows, over } = incidentSays(incident)
  const client = new EventBridgeClient({
    ...{ endpoint: stack.aws.env.AWS_ENDPOINT_URL_EVENTBRIDGE ?? '', region: 'us-east-1', maxAttempts: 1 },
    credentials: { accessKeyId: 'intruder', secretAccessKey: 'x' },
  })
  const forges = (departure: object) =>
    client.send(
      new PutEventsCommand({
        Entries: [{ Source: 'hr.example', DetailType: 'User Departed', Detail: JSON.stringify(departure) }],
      }),
    )
  await forges({ username: ALAN })
  await stack.settled(source, ALAN, 'removed')
  await forges({ username: EDSGER, effectiveAt: new Date(Date.now() + 86_400_000) })
  await stack.settled(source, EDSGER, 'scheduled')

  const seen = await stack.types(shows, { isWrong })
  const typed = await stack.follows(incident, {
    isWrong,
    elsewhere: () => void stack.disabled.add('intruder'),
  })
  const lastOf = async () =>
    /^eventbridge\/hr\.example +(\S+)/m.exec(await stack.types(over, { isWrong }))?.[1] ?? ''
  const last = await lastOf()

  expect(seen).toContain(source)
  expect(typed).toEqual({ pause: 1, 'lookup-events': 1, cancel: 1, restore: 1, resume: 1 })
  await expect(forges({ username: EDSGER })).rejects.toMatchObject({ name: 'AccessDeniedException' })
  expect([Date.parse(last) > 0, await lastOf()]).toEqual([true, last])
  await stack.settled(source, EDSGER, 'cancelled')
  client.destroy()
})
