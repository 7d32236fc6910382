import { text } from 'node:stream/consumers'
import { beforeAll, describe, expect, test } from 'vitest'
import { NAMED, NEARLY_NAMED } from '../../../infra/local/atlas/leftovers-org.ts'
import { freshBundles } from '../../../infra/local/bundles.ts'
import { start, startDemo, stepsIn } from './demo.ts'

beforeAll(async () => void (await freshBundles()))

// One after the other: each brings a whole stack up, and a function has ten seconds for its init.
describe('npm start', () => {
  test('tells how a member whom Okta deactivates is removed, and nobody else, in plain text', async () => {
    const { stdout, stderr, status } = await start()

    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    const steps = stepsIn(stdout).filter((step) => step !== 'answer' && step !== 'alert')
    // What the operator function and the worker say at the end comes from two processes.
    const confirming = steps.lastIndexOf('command')
    const ending = steps.slice(confirming).filter((step) => step !== 'audit')
    expect([...steps.slice(0, confirming), ...ending].join(' ')).toBe(
      [
        'received credentials case found failed retry removed confirmed audit',
        'received case',
        'received case audit received audit audit',
        'received case found removed confirmed audit',
        'received case found audit audit',
        'command audit command command found removed confirmed',
      ].join(' '),
    )
    expect(stdout).toMatch(/found +[a-f0-9]{24}, ACTIVE, ORG_MEMBER/)
    expect(stdout).toContain('11 after: katherine@example.com removed, everybody else as before')
    expect(stdout.match(/ gone$/gm)).toHaveLength(1)
    expect(stdout).toContain('The ledger knows how it ended: 0 requests to Atlas, 0 audit events')
    expect(stdout).toMatch(
      /audit +Scheduled; .*\n.*User Returned, edsger@example.com.*\n.*the person is back; .*\n.*Cancelled; /,
    )
    expect(stdout).toContain('Held: too many removals in 24 hours')
    expect(stdout).toContain('release: proposed, not done: release 1 case held for mass_removal')
    expect(stdout).toContain(
      'another person must confirm: you proposed it or confirmed it before; nothing was done',
    )
    expect(stdout).toContain('Confirmed, and carried out: release 1 case held for mass_removal')
    expect(stdout).toMatch(
      /alert +OFFBOARDING: More people left in 24 hours .* decides\n +next: atlas-offboarding approve --usernames/,
    )
    expect(stdout).toMatch(/alert +OFFBOARDING: Proposed: .*\n.*:\n +next: atlas-offboarding confirm p-/)
    expect(stdout).toContain('12 members before, 9 after')
    expect(stdout).not.toContain('\u001b')
  })

  test('ends without a word when nobody reads on, as before `| head`', async () => {
    const child = startDemo('start')
    child.stdout.once('data', () => child.stdout.destroy())

    expect(await text(child.stderr)).toBe('')
  })

  test('--json prints one object a line', async () => {
    const { stdout, status } = await start('--json')

    const steps = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(status).toBe(0)
    expect(steps).toContainEqual(expect.objectContaining({ step: 'found', orgRoles: ['ORG_MEMBER'] }))
    expect(steps).toContainEqual(
      expect.objectContaining({ step: 'members', removed: ['katherine@example.com'], untouched: true }),
    )
  })

  test.each([
    ['missing', []],
    ['malformed', ['nobody']],
    ['too long', [`${'a'.repeat(300)}@example.com`]],
  ])('remove prints usage and exits 2 when the username is %s', async (_, operands) => {
    const { stderr, status } = await start('remove', ...operands)

    expect(status).toBe(2)
    expect(stderr).toContain('Usage:')
  })

  test("roster removes whom HR's nightly file names, and nobody by a file that is cut off", async () => {
    const { stdout, status } = await start('roster')

    expect(status).toBe(0)
    expect(stdout).toMatch(/roster +workday: 1003 lines, 1 members leave, 0 unclear/)
    expect(stdout).toMatch(/roster +workday: refused; nobody is removed because of it/)
    expect(stdout).toContain('11 after: alan@example.com removed, everybody else as before')
  })

  test('hr asks HiBob until it confirms a leaver, lets one stay whom HR takes back, and reads a nightly file', async () => {
    const { stdout, stderr, status } = await start('hr')

    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    expect([...stdout.matchAll(/audit +(.*?)[,;]/g)].map(([, said]) => said)).toEqual([
      ...['Scheduled', 'Deferred', 'Removed', 'Deferred'],
      'A human asked to try a case again now. By oncall@example.com.',
      ...['Cancelled', 'Removed'],
    ])
    expect(stdout).toMatch(/roster +workday: 1003 lines, 1 members leave, 0 unclear/)
    expect(stdout).toContain(
      '10 after: alan@example.com, grace@example.com removed, everybody else as before',
    )
  })

  test('remove removes a member', async () => {
    const { stdout, status } = await start('remove', 'grace@example.com')

    expect(status).toBe(0)
    const steps = stepsIn(stdout)
    // The outcome is published while the answer is on its way: either may come first.
    expect(steps.filter((step) => step !== 'answer').join(' ')).toBe(
      'command credentials case found removed confirmed audit',
    )
    expect(steps.indexOf('answer')).toBeGreaterThan(steps.indexOf('confirmed'))
    expect(stdout).toContain('11 after: grace@example.com removed, everybody else as before')
    expect(stdout).toMatch(/grace@example.com .*removed \(answered\) \d{4}-/)
  })

  test('remove --dry-run --json says what would happen, and nobody is removed', async () => {
    const { stdout, status } = await start('remove', 'grace@example.com', '--dry-run', '--json')

    expect(status).toBe(0)
    const steps = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line))
    const cases = [expect.objectContaining({ outcome: { kind: 'would_remove' } })]
    expect(steps).toContainEqual(
      expect.objectContaining({ step: 'answer', answer: expect.objectContaining({ cases }) }),
    )
    expect(stdout).toContain('"removed":[],"untouched":true')
  })

  test('leftovers finds and deletes exactly what bears the name, and shows it in tables', async () => {
    const { stdout, stderr, status } = await start('leftovers')

    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    // Whether the same worker searches, which knows its credentials, or another one, is up to Lambda.
    const steps = stepsIn(stdout).filter((step) => step !== 'credentials')
    expect(steps.join(' ')).toBe(
      'case found removed confirmed audit leftovers audit alert command answer command answer',
    )
    expect(stdout).toContain('30 projects: 3 deleted, 6 reported, 0 failed')
    expect(stdout).toContain('1 getOrgGroups, 33 listGroupInvites, 30 listGroupDatabaseUsers')
    const [kase = '', now = ''] = stdout.split('And what is there now')
    expect(kase.match(/^deleted {3}project invitation {2}billing-/gm)).toHaveLength(3)
    for (const shown of [kase, now])
      expect(
        shown.match(/^reported {2}database user .*$/gm)?.map((line) => line.split(/ {2,}/).at(-1)),
      ).toEqual(NAMED.map(({ username }) => username))
    for (const { username } of NEARLY_NAMED)
      expect(
        stdout.split('\n').filter((line) => line.startsWith('reported') && line.endsWith(` ${username}`)),
      ).toEqual([])
    expect(stdout).toContain('3 of 7 invitations deleted, all of ada@example.com')
    expect(stdout).toContain('4 members before, 3 after: ada@example.com removed, everybody else as before')
  })

  test('scim lets Okta deactivate one member and Entra ID disable another', async () => {
    const { stdout, status } = await start('scim')

    expect(status).toBe(0)
    expect(stdout).toMatch(/PUT \/Users\/\S+ → 200, active false/)
    expect(stdout).toMatch(/PATCH \/Users\/\S+ → 200, active false/)
    expect(stdout).toContain('10 after: alan@example.com, katherine@example.com removed')
  })

  test('orphans shows who is on no roster line, refuses half a roster, and removes through the guards', async () => {
    const { stdout, stderr, status } = await start('orphans')

    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    expect(stdout).toMatch(/tim@example.com .*ACTIVE +ORG_MEMBER +0 +2024-02-29/)
    expect(stdout).toMatch(/john@contractor.example.org .* john@example.com\n/)
    expect(stdout).toContain('it names 4 of the 13 people in Atlas, less than half: the roster is wrong')
    expect(stdout).toMatch(/margaret@example.com .*removed \(answered\)/)
    expect(stdout).toMatch(/radia@example.com .*held: privileged \(ORG_OWNER\)/)
    expect(stdout).toMatch(
      /Held: privileged role\n.*\n.*\n +They left:\n +next: atlas-offboarding release c-/,
    )
    expect(stdout).toContain(
      '14 after: margaret@example.com, tim@example.com removed, everybody else as before',
    )
  })

  test('orphans --json of a roster that is not there says so, and exits 2', async () => {
    const { stdout, status } = await start('orphans', 'no-such.csv', '--json')

    expect(status).toBe(2)
    expect(JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '')).toMatchObject({
      step: 'answer',
      status: 2,
      answer: { error: 'orphans: --roster: no-such.csv: cannot be read: ENOENT' },
    })
  })

  test('remove says that an unknown name has no access, and exits 0', async () => {
    const { stdout, status } = await start('remove', 'nobody@example.com')

    expect(status).toBe(0)
    expect(stdout).toMatch(/nobody@example.com .* already absent /)
  })

  test('remove of an owner says what to do next, and exits 1', async () => {
    const { stdout, status } = await start('remove', 'ada@example.com')

    expect(status).toBe(1)
    expect(stdout).toContain('held: privileged (ORG_OWNER)')
    expect(stdout).toMatch(/^ +next: atlas-offboarding release c-[a-f0-9]{20} --because WHY$/m)
  })
})
