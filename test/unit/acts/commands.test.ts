import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { WRITES } from '../../../lib/acts/operator.ts'
import { checkCredential } from '../../../lib/core/check-credential.ts'
import { SOURCES, withLastEvent } from '../../../lib/core/sources.ts'
import { comparisonKey } from '../../../lib/sweep/comparison.ts'
import { activeMember, ON_CALL, ORG, OTHER_ORG, openedCase } from '../../support/cases.ts'
import { refusal } from '../../support/in-memory-atlas.ts'
import type { WorldOptions } from '../../support/world.ts'
import { startDesk } from './desk.ts'
import { referred } from './on-call.ts'

const ADA = activeMember({ teamIds: ['t1', 't2'] })
const BOB = activeMember({
  userId: '5e4bc367c6b0f41b00000002',
  username: 'bob@example.com',
  orgRoles: ['ORG_OWNER'],
})
const OLD_ADA = { ...ADA, userId: '5e4bc367c6b0f41b00000003', username: 'ada@old.example.com' }
const ID = `c-${'0'.repeat(20)}`

function deskWith(options: WorldOptions = {}, members = [ADA, BOB]) {
  const desk = startDesk({ ...options, settings: { holdOrgRoles: ['ORG_OWNER'], ...options.settings } })
  for (const orgId of options.orgIds ?? [ORG]) desk.world.org(orgId).members = [...members]
  return desk
}

const idIn = (text: string) => /c-[0-9a-f]{20}/.exec(text)?.[0] ?? ''

test.each([
  ['fly', 'no command "fly"'],
  ['relase', 'no command "relase"; did you mean release?'],
  ['constructor', 'no command "constructor"'],
  ['remove', 'remove: USERNAME is missing'],
  ['remove ada@example.com bob@example.com', '"bob@example.com" is one argument too many'],
  ['remove ada@example.com --knd held', '--knd is no option of this command'],
  ['cases --sinc 7d', '--sinc is no option of this command; did you mean --since?'],
  ['cases --since', '--since needs a value: --since WHEN'],
  ['cases --since --open', '--since needs a value'],
  ['cases --since soon', '--since: expected 30m, 36h, 7d'],
  ['cases --since 2026-02-30', '--since: expected an ISO 8601 instant'],
  ['cases --since 2026-11-10T17:00', '--since: expected an ISO 8601 instant with time zone'],
  ['cases --open=yes', '--open takes no value'],
  ['pause --org a --org b --because x', '--org is given twice'],
  ['pause', '--because WHY is missing'],
  [`pause --org ${OTHER_ORG} --because x`, `pause: --org: ${OTHER_ORG} is not configured`],
  ['remove ada@example.com --org odd', 'remove: --org (number 1): expected 24 hexadecimal digits'],
  ['remove ada@example.com --effective-at soon', '--effective-at: expected'],
  ['retry c-1', 'retry: CASE (number 1): expected a case ID'],
  ['retry', 'CASE: expected either CASE or --org'],
  ['release --because x', 'expected either cases or --all'],
  [`release ${ID} --all --because x`, 'expected either cases or --all'],
  ['release --all --kind observing --because x', '--all needs --kind, and --expect'],
  ['release --all --kind observing --expect 1e3 --because x', '--expect: expected a number'],
  ['approve --usernames gone --until 7d --because x', 'cannot read gone: ENOENT'],
  ['approve --usernames empty --until 7d --because x', 'there is no name in empty'],
  [
    'approve --usernames names --until 20d --because x',
    '--until: expected an instant within the next 14 days',
  ],
  ['report', '--since WHEN is missing'],
  ['verify --archive a --report names', 'names cannot be checked: expected the page of report --html'],
  ['report --since 7d --slo fast', '--slo: expected a duration'],
  ['status --function a --function-prefix b', 'not both'],
  ['lookup ada@example.com\u001b[2J', 'USERNAME: expected'],
  [`case ${ID}`, `CASE: there is no case ${ID}`],
])('`%s` exits 2 in the words of the command line, and does nothing', async (line, says) => {
  const desk = deskWith()
  const files = { empty: '# nobody\n', names: 'ada@example.com' }

  const ran = await desk.run(line, { files })
  const json = await desk.run(`${line} --json`, { files })

  expect(ran).toMatchObject({ status: 2, out: '' })
  expect(ran.err.split('\n').at(-1)).toMatch(/^(Try: )?atlas-offboarding/)
  expect(ran.err).toContain(says)
  expect(JSON.parse(json.out)).toEqual({ error: expect.stringContaining(says.replace(/^\w+: /, '')) })
  expect(desk.world.cases()).toEqual([])
})

test.each(['release --help', 'help release', 'release c-1 -h'])(
  '`%s` shows the help of that command',
  async (line) => {
    const { status, out } = await deskWith().run(line)

    expect(status).toBe(0)
    expect(out).toMatch(/^Usage: atlas-offboarding release \[CASE…\] --because WHY/)
    expect(out).toContain('--as USERID')
  },
)

test('`help` and `--version` need no function', async () => {
  const desk = deskWith()
  desk.broken.add('operator').add('operator-read')

  expect((await desk.run('')).out).toMatch(/130 +interrupted; at a question/)
  expect((await desk.run('help')).out).toContain('Help on one command')
  expect((await desk.run('--version')).out).toBe('1.2.3')
  expect(JSON.parse((await desk.run('--version --json')).out)).toEqual({ version: '1.2.3' })
  expect(JSON.parse((await desk.run('help --json')).out)).toEqual({ help: expect.stringContaining('Usage') })
})

test.each([
  'status',
  'cases',
  'lookup a@example.com',
  'pause --because x',
  `cancel ${ID} --because x`,
  'report --since 7d',
])('`%s` exits 3 where the function fails', async (line) => {
  const desk = deskWith()
  desk.broken.add('operator').add('operator-read')

  expect(await desk.run(line)).toMatchObject({ status: 3, out: '', err: expect.stringContaining('failed') })
})

/** What removes, releases, ends or destroys. */
const ASKS = [
  'remove ada@example.com',
  `cancel ${ID} --because x`,
  'release --all --kind observing --expect 1 --because x',
  'resume --because x',
  'forget ada@example.com --because x',
  'approve --usernames names --until 2d --because x',
  'redrive m-1 --because x',
  'legal-hold ada@example.com --lift --because x',
  'orphans --roster roster --remove --expect 1 --because x',
]
/** What only stops, tries again or keeps, or changes nothing. */
const ACTS_AT_ONCE = [
  'remove ada@example.com --dry-run',
  `retry ${ID}`,
  'pause --because x',
  'legal-hold ada@example.com --because x',
  'test-alert',
  'orphans --roster roster',
]

test('every command that changes something asks first, or is harmless', () => {
  const commands = [...WRITES.flatMap((act) => ('command' in act ? [act.command.name] : [])), 'orphans']
  const judged = [...ASKS, ...ACTS_AT_ONCE].map((line) => line.split(' ')[0])

  // `confirm` asks about a proposal, which has to be there: confirm.test.ts.
  expect([...new Set([...judged, 'confirm'])].toSorted()).toEqual(commands.toSorted())
})

test.each(ACTS_AT_ONCE)('`%s` does not ask', async (line) => {
  const { err } = await deskWith().run(line, { alone: true, files: FILES })

  expect(err).not.toContain('--yes')
})

const FILES = { names: 'ada@example.com', roster: 'userName\nbob@example.com\n' }

test.each(ASKS)('`%s` does nothing unless somebody says yes', async (line) => {
  const desk = deskWith()

  const alone = await desk.run(line, { alone: true, files: FILES })
  const no = await desk.run(line, { says: 'n', files: FILES })
  const interrupted = await desk.run(line, { says: undefined, files: FILES })

  expect(alone).toMatchObject({ status: 2, err: expect.stringContaining('needs --yes') })
  expect(no).toMatchObject({ status: 1, err: expect.stringContaining('nothing was done') })
  expect(no.err).toContain('in atlas-offboarding-prod, account ')
  expect(no.err).toMatch(/\n1 organization: [0-9a-f]{24}\n/)
  expect(no.asked).toEqual([expect.stringMatching(/\? \[y\/N\] $/)])
  expect(interrupted.status).toBe(130)
  expect(desk.world.cases()).toEqual([])
})

test('`remove` removes, and its question names the person', async () => {
  const desk = deskWith()

  const ran = await desk.run('remove ada@example.com --because HR-1', { says: 'yes' })

  expect(ran).toMatchObject({ status: 0, asked: ['Remove ada@example.com from every organization? [y/N] '] })
  expect(ran.out).toContain('removed (answered)')
  expect(desk.world.org().members).toEqual([BOB])
  expect(desk.world.cases()[0]?.state.departure).toMatchObject({ requestedBy: ON_CALL.arn, reason: 'HR-1' })
})

test('a question shows what a terminal would obey as what it is', async () => {
  const { asked } = await deskWith().run('remove "ada\u001b[2J@example.com"', { says: 'n' })

  expect(asked).toEqual(['Remove ada\\u{1b}[2J@example.com from every organization? [y/N] '])
})

test('an owner is held, shown with the one right command, told by `case`, and released by pasting it', async () => {
  const desk = deskWith({}, [
    ADA,
    BOB,
    { ...BOB, userId: '5e4bc367c6b0f41b00000009', username: 'eve@example.com' },
  ])

  const held = await desk.run('remove bob@example.com')
  const id = idIn(held.out)
  const told = await desk.run(`case ${id}`)
  const command = `release ${id} --because WHY`
  const released = await desk.run(command, { says: 'y' })

  expect(held.status).toBe(1)
  expect(held.out).toContain(
    `Make sure that they left, and that somebody else holds the role (\`owners\`).\n  They left:\n  next: atlas-offboarding ${command}`,
  )
  expect(told.out).toContain('held: privileged (ORG_OWNER)')
  expect(told.out).toContain('operator reported the departure by on-call/grace')
  expect(told.out).toContain(`Found as bob@example.com (${BOB.userId}), ACTIVE: ORG_OWNER`)
  expect(released).toMatchObject({ status: 0, out: expect.stringContaining('removed (answered)') })
  expect(released.asked).toEqual(['Release 1 case held for privileged, so that people are removed? [y/N] '])
  expect((await desk.run(`case ${id}`)).out).toContain(`released (privileged) by ${ON_CALL.arn}: WHY`)
})

test('`release` removes nobody but whom it showed, however long the human takes to answer', async () => {
  const eve = { ...BOB, userId: '5e4bc367c6b0f41b00000009', username: 'eve@example.com' }
  const desk = deskWith({}, [ADA, BOB, eve])
  const id = idIn((await desk.run('remove bob@example.com')).out)
  const successor = { ...BOB, userId: '5e4bc367c6b0f41b00000008' }
  const heldForSuccessor = async () => {
    desk.world.org().members = [ADA, eve, successor]
    expect(await desk.run(`retry ${id}`)).toMatchObject({ status: 1 })
  }

  const released = await desk.run(`release ${id} --because HR-1`, { says: 'y', meanwhile: heldForSuccessor })

  expect(released).toMatchObject({
    status: 1,
    out: expect.stringContaining('it changed since it was shown or proposed'),
  })
  expect(desk.world.org().members).toContainEqual(successor)
})

test('a bare `release` of a name that may be another’s refuses, and what it says to type removes the right one', async () => {
  const desk = deskWith({}, [OLD_ADA, BOB])
  const id = idIn((await desk.run('remove ada@example.com')).out)

  const bare = await desk.run(`release ${id} --because WHY`)
  const told = await desk.run(`case ${id}`)
  const typed = new RegExp(`release ${id} --as ${OLD_ADA.userId} --because WHY`).exec(told.out)?.[0] ?? ''
  const named = await desk.run(typed)

  expect(bare).toMatchObject({ status: 1 })
  expect(bare.out).toContain('it does not say who is meant')
  expect(bare.out).toContain(
    `See the candidates: case ${id}.\n  next: atlas-offboarding release ${id} --as USERID`,
  )
  expect(told.out).toContain(`release ${id} --absent --because WHY`)
  expect(named).toMatchObject({ status: 0, out: expect.stringContaining('removed (answered)') })
  expect(desk.world.org().members).toEqual([BOB])
})

test('`release` of cases held for different rules, or of none, releases nobody', async () => {
  const desk = deskWith({}, [OLD_ADA, BOB])
  const ada = idIn((await desk.run('remove ada@example.com')).out)
  const bob = idIn((await desk.run('remove bob@example.com')).out)

  expect(await desk.run(`release ${ada} ${bob} --because x`)).toMatchObject({
    status: 2,
    err: expect.stringContaining('held for different rules (possible_alias, privileged)'),
  })
  expect(await desk.run(`release ${ID} --because x`)).toMatchObject({
    status: 1,
    err: expect.stringContaining('none of these cases is held'),
  })
  expect(desk.world.atlas.removed).toEqual([])
})

test('`cases` shows a thousand and says how many there are more; `--json` has them all', async () => {
  const desk = deskWith()
  const { ledger } = desk.world.worker('w').deps
  const held = { outcome: { kind: 'held', reason: 'observing' } } as const
  const record = (_: unknown, at: number) => ledger.record(openedCase(held, { id: `okta:${at}` }))
  await desk.world.time.run(Promise.all(Array.from({ length: 1_003 }, record)))

  const shown = await desk.run('cases --kind observing')
  expect(shown.out).toMatch(/\n1,?000 cases; 3 more: see status for their numbers, .*--json$/)
  const { out } = await desk.run('cases --json')
  expect(JSON.parse(out).cases).toHaveLength(1_003)
})

test('`release --all` needs the right number, and says the next steps once for each kind', async () => {
  const desk = deskWith({ settings: { mode: 'observe' } })
  await desk.run('remove ada@example.com')
  const held = await desk.run('remove bob@example.com')
  const list = await desk.run('cases')
  const all = 'release --all --kind observing --because "pilot is over"'

  expect(held.err).toContain('*** OBSERVE MODE')
  expect(list.out.match(/next: /g)).toHaveLength(1)
  expect(list.out).toMatch(/Held: observe mode: 2 cases\n[\s\S]*release c-\w+ c-\w+ --because WHY/)
  expect(await desk.run(`${all} --expect 3`)).toMatchObject({
    status: 2,
    err: expect.stringContaining('--expect: 2 cases are held for observing, not 3'),
  })
  expect(await desk.run(`${all} --expect 2`)).toMatchObject({
    status: 1,
    out: expect.stringMatching(/removed[\s\S]*privileged/),
  })
})

test('`cancel` ends a case, and is no success where the person was removed before', async () => {
  const desk = deskWith()
  const bob = idIn((await desk.run('remove bob@example.com')).out)
  const ada = idIn((await desk.run('remove ada@example.com')).out)

  expect(await desk.run(`cancel ${bob} --because "she stays"`)).toMatchObject({
    status: 0,
    out: expect.stringContaining('cancelled by on-call/grace: she stays'),
  })
  expect(await desk.run(`cancel ${ada} --because late`)).toMatchObject({
    status: 1,
    out: expect.stringContaining('already closed: removed'),
  })
})

test('`retry --org` tries a repaired credential at once', async () => {
  let isRefused = true
  const desk = deskWith({
    faultFor: ({ service }) =>
      service === 'atlas' && isRefused ? { kind: 'reply', reply: refusal(401, 'INVALID_CLIENT') } : undefined,
  })
  const deferred = await desk.run('remove ada@example.com')
  isRefused = false
  const status = await desk.run('status')

  const retried = await desk.run(`retry --org ${ORG}`)

  expect(deferred).toMatchObject({ status: 1, out: expect.stringContaining('deferred: ') })
  expect(status.out).toContain(`next: atlas-offboarding retry --org ${ORG}`)
  expect(retried).toMatchObject({ status: 0, out: expect.stringContaining('removed (answered)') })
  expect((await desk.run(`retry --org ${ORG}`)).out).toContain('is not stopped by its credential')
})

test('a full window is named as such; `resume` says that the next leaver stops it again, and offers `approve`', async () => {
  const desk = deskWith({ settings: { maxRemovalsPerDay: 1, holdOrgRoles: [] } })
  await desk.run('remove ada@example.com')
  await desk.run('remove bob@example.com')

  const status = await desk.run('status')
  const resumed = await desk.run(`resume --org ${ORG} --because "HR confirmed"`)

  expect(status.out).toMatch(/1 of 1 a day until tomorrow 18:\d\d UTC/)
  expect(status.out).toContain('Organization stopped: too many removals')
  expect(resumed.status).toBe(1)
  expect(resumed.out).toContain('the next leaver stops the organization again')
  expect(resumed.out).toContain('approve --usernames FILE --until 2d')
  expect(resumed.out).toContain('release --all --kind mass_removal --expect 1 --because WHY')
})

test('`approve` and `pause` say what is in force, and who wanted it', async () => {
  const desk = deskWith()
  const files = { names: '# leavers\nada@example.com\n\nbob@example.com\n' }

  const approved = await desk.run('approve --usernames names --until 2d --because HR-2', { files })
  const paused = await desk.run(`pause --org ${ORG} --by linus --because HR-3`)
  const again = await desk.run(`pause --org ${ORG} --because HR-4`)

  expect(approved).toMatchObject({
    status: 0,
    out: expect.stringMatching(/^Approved 2 people until 2026-11-18T/),
  })
  expect(paused.out).toMatch(new RegExp(`^Organization ${ORG} is paused since \\S+ by on-call/grace: HR-3$`))
  expect(again.out).toBe(paused.out)
})

test('`status` says what is there, and nothing that is not', async () => {
  const { status, out } = await deskWith().run('status')

  expect(status).toBe(0)
  expect(out).toContain('Paused  no')
  expect(out).toMatch(new RegExp(`${ORG} +0 of 3 until counted +not counted +ok`))
  expect(out).toContain('No open cases')
})

test('`status` counts the messages that nobody could read, and says how to see them', async () => {
  const desk = deskWith()
  desk.world.aws.rejected.push({ id: 'm-1', body: '{}', reason: '', sentAt: desk.world.time.now() })

  const { out } = await desk.run('status')

  expect(out).toMatch(/1 message on the DLQ of the work queue: .*\n {2}next: atlas-offboarding dlq\n/)
})

test('`status` shows a credential check that failed, and when the credential last worked', async () => {
  const desk = deskWith({
    faultFor: ({ service }) =>
      service === 'atlas' ? { kind: 'reply', reply: refusal(503, 'SERVICE_UNAVAILABLE') } : undefined,
  })
  const { deps } = desk.world.worker()
  const deadline = new Date(deps.clock.now().getTime() + 60_000)
  await desk.world.time.run(checkCredential(deps, ORG, deadline))

  const { out } = await desk.run('status')

  expect(out).toMatch(/Credential check failed\s+\(SERVICE_UNAVAILABLE\),\s+last worked\s+2026-11-16T/)
})

test('`status` shows what was ignored and can mean a leaving, and rows of Atlas that cannot be read', async () => {
  const desk = deskWith()
  const { deps } = desk.world.worker()
  const why = 'ON_SUSPEND is `ignore`'
  const remembered = Promise.all([
    deps.ledger.change(SOURCES, () => ({ state: withLastEvent(undefined, 'okta', deps.clock.now(), why) })),
    deps.ledger.change(comparisonKey(ORG), () => ({
      state: { comparedUntil: deps.clock.now(), unreadableRows: 2 },
    })),
  ])
  await desk.world.time.run(remembered)

  const { out } = await desk.run('status')

  expect(out).toMatch(/okta +2026-11-16T.*\n.*ignored 2026-11-16T.*though it can mean a leaving: ON_SUSPEND/)
  expect(out).toMatch(/2 rows of Atlas\s+cannot be read/)
})

test('`lookup` shows each candidate, and is no proof of absence where Atlas cannot be asked', async () => {
  const found = await deskWith().run('lookup ADA@example.com')
  const similar = await deskWith({}, [OLD_ADA, BOB]).run('lookup ada@example.com')
  const absent = await deskWith({}, [BOB]).run('lookup ada@example.com')
  const unclear = await deskWith({}, [BOB]).run('lookup E0012345')
  const unknown = await deskWith({
    faultFor: ({ operation }) =>
      operation === 'listOrgUsers' ? { kind: 'reply', reply: refusal(403, 'FORBIDDEN') } : undefined,
  }).run('lookup ada@example.com')

  expect(found.out).toMatch(
    new RegExp(
      `a member of 1 of 1 organization, as Atlas answered at 2026.*\n\nOrganization ${ORG}\n  ACTIVE ada@example.com\n  ${ADA.userId}: ORG_MEMBER, 2 teams, 1 project\n`,
    ),
  )
  expect(similar.out).toMatch(
    new RegExp(
      `no member has this name; somebody who may be this person is in 1 of 1 organization, [\\s\\S]*similar name: ACTIVE ada@old.example.com\n +${OLD_ADA.userId}`,
    ),
  )
  expect(unclear).toMatchObject({ status: 3, out: expect.stringContaining('unclear: no e-mail address') })
  expect(absent.out).toMatch(
    /ada@example.com: out of 1 organization, as Atlas answered at 2026[\s\S]*absent: all members were listed[\s\S]*No cases/,
  )
  expect(unknown).toMatchObject({
    status: 3,
    out: expect.stringMatching(/not known to be out of 1 of 1 organization[\s\S]*cannot be asked: FORBIDDEN/),
  })
})

test('`lookup` and `status` fit 60 columns', async () => {
  const desk = deskWith({ settings: { orgNames: { [ORG]: 'Acme Production' } } })

  for (const line of ['lookup ada@example.com', 'status']) {
    const { out } = await desk.run(line, { width: 60 })
    const shown = out.split('\n').filter((text) => !text.includes('atlas-offboarding '))
    expect(shown.filter(({ length }) => length > 60)).toEqual([])
  }
})

test('before each question, and in `status`, stands where the act takes effect, with the names of organizations', async () => {
  const desk = deskWith({ settings: { orgNames: { [ORG]: 'Acme Production' } } })

  const { err, asked } = await desk.run(`resume --org ${ORG} --because x`, { says: 'n' })
  const { out } = await desk.run('status')

  expect(err).toContain(
    'resume in atlas-offboarding-prod, account 111122223333, eu-west-1\n1 organization: Acme Production',
  )
  expect(asked).toEqual([`Resume removals in organization Acme Production (${ORG})? [y/N] `])
  expect(out).toContain('Stack   atlas-offboarding-prod, account 111122223333, eu-west-1')
  expect(out).toMatch(new RegExp(`^Acme Production ${ORG} +0 of `, 'm'))
})

test('a function that does not know the question is no reason not to act', async () => {
  const desk = deskWith()
  desk.broken.add('operator-read')

  const { err, asked } = await desk.run('resume --because x', { says: 'n' })

  expect(err).toContain('resume in atlas-offboarding-prod-operator')
  expect(asked).toHaveLength(1)
})

test('`cases` picks by kind, time and person', async () => {
  const desk = deskWith()
  await desk.run('remove bob@example.com')
  await desk.run('remove ada@example.com')
  const lines = async (line: string) => (await desk.run(line)).out.match(/^c-.*$/gm)?.length ?? 0

  expect(await lines('cases')).toBe(1)
  expect(await lines('cases --since 7d')).toBe(2)
  expect(await lines('cases --since yesterday --user ada@example.com')).toBe(1)
  expect((await desk.run('cases --kind stale_event')).out).toBe('No open cases')
  expect((await desk.run('cases --since 7d --kind cancelled')).out).toBe('No such cases')
  expect(JSON.parse((await desk.run('cases --json')).out)).toMatchObject({
    cases: [{ username: BOB.username }],
  })
})

test('`report` counts people whom a roster found apart, and takes no time from them', async () => {
  const desk = deskWith()
  const occurredAt = desk.world.time.now()
  desk.world.depart({ id: 'roster/workday:1', source: 'roster/workday', username: ADA.username, occurredAt })
  await desk.world.runUntil(new Date(occurredAt.getTime() + 60_000))

  const { out } = await desk.run('report --since 7d')

  expect(out).toContain('removed 1')
  expect(out).toContain(
    '1 case of people found by a roster, 1 removed: in none of the times, because no event said when they left',
  )
  expect(out).not.toMatch(/p95|Nobody was removed/)
})

test('`report --people` writes a page about each person in one run, with the names of organizations', async () => {
  const desk = deskWith({ settings: { orgNames: { [ORG]: 'Acme Production' } } })
  await desk.run('remove ada@example.com')
  await desk.run('remove bob@example.com')
  const files: Record<string, string> = {}

  const { err } = await desk.run('report --since 7d --people evidence', { files })
  const missing = await desk.run('report --since 7d --people /missing', { files })

  const pages = Object.entries(files)
  expect(err).toContain('Written: 2 pages in evidence')
  expect(pages.map(([file]) => file)).toEqual(
    pages.map(() => expect.stringMatching(/^evidence\/c-[0-9a-f]{20}\.html$/)),
  )
  const about = (name: string) => pages.filter(([, page]) => page.includes(`about <bdi>${name}</bdi> alone`))
  for (const [name, other] of [
    ['ada', 'bob'],
    ['bob', 'ada'],
  ]) {
    const [[, page] = ['', '']] = about(`${name}@example.com`)
    expect(page).toContain('Acme Production')
    expect(page).not.toContain(`<bdi>${other}@example.com</bdi>`)
  }
  expect(missing).toMatchObject({
    status: 4,
    err: expect.stringContaining('--people: cannot write /missing/c-'),
  })
})

test('`report` shows figures, a page and a spreadsheet, and a file that cannot be written is no "held"', async () => {
  const desk = deskWith()
  await desk.run('remove ada@example.com')
  const files: Record<string, string> = {}

  const shown = await desk.run('report --since 7d --html report.html', { files })
  const csv = await desk.run('report --since 7d --csv')
  const both = await desk.run('report --since 7d --csv --json')
  const missing = await desk.run('report --since 7d --html /missing/x.html', { files })

  expect(shown).toMatchObject({ status: 0, err: expect.stringContaining('Written: report.html') })
  expect(shown.out).toContain('1 of 1 out within 4 h')
  expect(files['report.html']).toContain('<html')
  expect(csv.out).toContain('"ada@example.com"')
  expect(both).toMatchObject({
    status: 2,
    err: expect.stringContaining('expected --csv or --json, not both'),
  })
  expect(missing).toMatchObject({
    status: 4,
    out: '',
    err: expect.stringContaining('--html: cannot write /missing/x.html: ENOENT'),
  })
})

/** What a shell makes of the file, and of the request. */
async function invitationIn(shown: string): Promise<string> {
  const script = shown.slice(
    shown.indexOf('curl -sS --fail-with-body'),
    shown.indexOf('\n\nWith the Atlas CLI'),
  )
  const stub = `curl() { printf '%s\\n' "$@"; cat; }; atlas-offboarding() { echo "then $*"; }; TOKEN=t\n${script}`
  const { stdout } = await promisify(execFile)('bash', ['-c', stub])
  return stdout
}

test('`restore` prints the request that invites a removed person again, and says when they are back', async () => {
  const desk = deskWith()
  const id = idIn((await desk.run('remove ada@example.com')).out)

  const { status, out, err } = await desk.run(`restore ${id}`)
  const sent = await invitationIn(out)
  desk.world.org(ORG).members = [{ ...ADA, status: 'PENDING' }]
  const back = await desk.run(`restore ${id}`)
  const absent = idIn((await desk.run('remove eve@example.com')).out)

  expect(status).toBe(0)
  expect(sent).toContain(`https://cloud.mongodb.com/api/atlas/v2/orgs/${ORG}/users`)
  expect(sent).toContain('Authorization: Bearer t')
  expect(out).toContain('TOKEN=$(curl -sS --fail --user CLIENT_ID --data grant_type=client_credentials')
  expect(JSON.parse(sent.slice(sent.indexOf('{'), sent.indexOf('then')))).toMatchObject({
    username: ADA.username,
    teamIds: ['t1', 't2'],
  })
  expect(out).toContain(
    `atlas api mongoDbCloudUsers createOrgUser --orgId ${ORG} --version 2025-02-19 --file person.json`,
  )
  expect(err).not.toContain('ORG_OWNER')
  expect(back).toMatchObject({
    status: 0,
    out: expect.stringMatching(
      /In Atlas now: PENDING, until they accept[\s\S]*Recorded as restored[\s\S]*A later one removes them again: report them as back at its source, operator/,
    ),
  })
  expect(sent).toContain(`then restore ${id}`)
  expect((await desk.run(`case ${id}`)).out).toMatch(
    /restored since\n[\s\S]*restored by \S+grace: Atlas shows them as PENDING/,
  )
  expect(await desk.run(`restore ${absent}`)).toMatchObject({
    status: 2,
    err: expect.stringContaining('there is no snapshot'),
  })
})

test.each([
  { number: 1, next: 'redrive m-0 --because WHY' },
  { number: 11, next: 'redrive --all --channel work --expect 11 --because WHY' },
])('`dlq` with $number letters says `$next`', async ({ number, next }) => {
  const desk = deskWith()
  const sentAt = desk.world.time.now()
  const letters = Array.from({ length: number }, (_, at) => ({
    id: `m-${at}`,
    body: '{}',
    reason: 'no',
    sentAt,
  }))
  desk.world.aws.rejected.push(...letters)

  const { out } = await desk.run('dlq')

  expect(out).toContain(`Once this stack is repaired:\nnext: atlas-offboarding ${next}`)
  expect(out).toContain('An unreadable message stays unreadable')
  expect(out).toContain('\nnext: atlas-offboarding remove USERNAME --because WHY')
})

test('`dlq` does not call unreadable what was only given up', async () => {
  const desk = deskWith()
  desk.world.aws.rejected.push({ id: 'm-0', body: '{}', sentAt: desk.world.time.now() })

  expect((await desk.run('dlq')).out).not.toContain('What is unreadable')
})

test('`restore` marks the role of an owner, and a shell takes the request as it is', async () => {
  const brian = { ...BOB, username: "o'brian@example.com" }
  const desk = deskWith({}, [brian, { ...ADA, orgRoles: ['ORG_OWNER'] }])
  const id = idIn((await desk.run("remove o'brian@example.com")).out)
  await desk.run(`release ${id} --because HR-1`)

  const { err, out } = await desk.run(`restore ${id}`)

  expect(err).toContain('ORG_OWNER is among their roles')
  expect(await invitationIn(out)).toContain('"username": "o\'brian@example.com"')
})

test('`owners` lists who owns an organization, and says where Atlas did not answer', async () => {
  const deskOf = (options: WorldOptions = {}) =>
    deskWith({ ...options, settings: { protectedUsernames: ['bob@*'] } })
  const sound = await deskOf().run('owners')
  const narrow = await deskOf().run('owners', { width: 60 })
  const mute = await deskOf({
    faultFor: ({ service }) =>
      service === 'atlas' ? { kind: 'reply', reply: refusal(503, 'SERVICE_UNAVAILABLE') } : undefined,
  }).run('owners')

  expect(sound.status).toBe(0)
  expect(sound.out).toMatch(new RegExp(`bob@example.com +${ORG} +${BOB.userId} +ACTIVE +yes`))
  expect(sound.out).not.toContain('ada@')
  expect(Math.max(...narrow.out.split('\n').map(({ length }) => length))).toBeLessThanOrEqual(62)
  expect(mute).toMatchObject({
    status: 3,
    out: expect.stringContaining('cannot be asked: SERVICE_UNAVAILABLE'),
  })
})

test('`forget` says what it took out, and who keeps the name still', async () => {
  const desk = deskWith()
  await desk.run('remove ada@example.com')
  await desk.world.time.run(desk.world.time.wait(30 * 24 * 3_600_000))

  const { status, out } = await desk.run('forget ada@example.com --because "erasure request 7"')

  expect(status).toBe(0)
  expect(out).toMatch(/^Rewritten: 1 case; the person is forgotten-\S+ there now/)
  expect(out).toContain('audit log group')
})

test('`test-alert` says whether the alert was taken', async () => {
  expect(await deskWith().run('test-alert')).toMatchObject({
    status: 0,
    out: expect.stringContaining('somebody should be alerted'),
  })
})

test('`leftovers` says what bears the name, and what the searches came to', async () => {
  const desk = deskWith({ settings: { leftovers: 'report' } })
  await desk.run('remove ada@example.com')

  const { status, out } = await desk.run('leftovers ada@example.com')

  expect(status).toBe(1)
  expect(out).toContain('NO_PROJECT_VISIBLE')
  expect(out).toMatch(/Searches after cases\nc-/)
})

test('`status` shows an HR system that cannot be asked, and no other', async () => {
  const { world, run } = deskWith()
  world.hr.refuses = 403
  await referred(world, '1')

  const { status, out } = await run('status')

  expect(status).toBe(0)
  expect(out).toMatch(/^hr\/hibob cannot be asked since \d{4}-\d\d-\d\d.*: HTTP_403; 1 event waiting$/m)
  expect(out.match(/cannot be asked/g)).toHaveLength(1)
})
