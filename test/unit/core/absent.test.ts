import { describe, expect, test } from 'vitest'
import { atlasLedger } from '../../../lib/aws/ledger.ts'
import {
  besideEnded,
  held,
  presentOtherwise,
  type Rename,
  renamedKey,
  renamesOf,
} from '../../../lib/core/absent.ts'
import type { Member } from '../../../lib/words/member.ts'
import { activeMember, ORG, OTHER_ORG } from '../../support/cases.ts'
import { memoryTable } from '../../support/memory-table.ts'
import { BOB, NOW } from './rig.ts'

function memberOf(username: string, fields: Partial<Member> = {}): Member {
  return activeMember({
    userId: Buffer.from(username.padEnd(12)).toString('hex').slice(0, 24),
    username,
    ...fields,
  })
}

const listOf = (members: readonly Member[]) => ({ members, unreadable: [], asOf: NOW })
const renamed = ({ userId }: Member): Rename => ({ userId, at: NOW })
const LIKE = memberOf('ada@old.example.com')
const NEW_NAME = memberOf('lovelace@example.com')
const INSIDE = memberOf('ada@example.com')

describe('presentOtherwise()', () => {
  const judged = (names: readonly string[], members: readonly Member[], renames: readonly Rename[] = []) =>
    presentOtherwise(names, listOf(members), renames)

  test.each<[string, string[], Member[], Rename[], object | undefined]>([
    ['nobody like them', ['ada@example.com'], [BOB], [], undefined],
    ['nobody at all', ['ada@example.com'], [], [], undefined],
    [
      'the address inside a decorated name',
      ['DEL_ada@example.com'],
      [BOB, INSIDE],
      [],
      { reason: 'ambiguous_username', detail: 'ada@example.com' },
    ],
    [
      'the address inside an alias, in capitals',
      ['x@example.com', '"ADA@example.com"'],
      [INSIDE],
      [],
      { reason: 'ambiguous_username', detail: 'ada@example.com' },
    ],
    [
      'the whole address that marks set off',
      ['mailto:ada@example.com?subject=left'],
      [BOB, INSIDE],
      [],
      { reason: 'ambiguous_username', detail: 'ada@example.com' },
    ],
    ['nobody for a part of an address', ['mailto:canada@example.com?x'], [INSIDE], [], undefined],
    ['nobody for a link of a stranger', ['mailto:ada@example.com?subject=left'], [BOB], [], undefined],
    [
      'whoever gave the name up',
      ['ada@example.com'],
      [BOB, NEW_NAME],
      [renamed(NEW_NAME)],
      { reason: 'renamed', detail: 'lovelace@example.com' },
    ],
    ['nobody who gave it up and left', ['ada@example.com'], [BOB], [renamed(NEW_NAME)], undefined],
    [
      'the same mailbox name elsewhere',
      ['ada@example.com'],
      [LIKE],
      [],
      { reason: 'possible_alias', detail: 'ada@old.example.com' },
    ],
    [
      'a tagged mailbox name',
      ['ada@example.com'],
      [memberOf('ada+ci@example.com')],
      [],
      { reason: 'possible_alias', detail: 'ada+ci@example.com' },
    ],
    [
      'the address inside before the renamed one',
      ['(ada@example.com)'],
      [INSIDE, NEW_NAME],
      [renamed(NEW_NAME)],
      { reason: 'ambiguous_username', detail: 'ada@example.com' },
    ],
    [
      'the renamed one before the mailbox name',
      ['ada@example.com'],
      [LIKE, NEW_NAME],
      [renamed(NEW_NAME)],
      { reason: 'renamed', detail: 'lovelace@example.com' },
    ],
  ])('finds %s', (_, names, members, renames, outcome) => {
    const expected = outcome && { kind: 'held', ...outcome }

    expect(judged(names, members, renames)).toEqual(expected && expect.objectContaining(expected))
  })

  test.each([
    ['an employee number', ['E0012345'], false],
    ['an address with more in front of it than can be taken off', ['"left"ada@example.com'], false],
    ['a Windows name', ['EXAMPLE\\ada'], false],
    ['an id around no address', ['5f1d2c3b4a59687766554433221100ffada'], false],
    ['a status word before no address', ['deleted-'], false],
    ['quotes around no address', ['"ada"'], false],
    ['an address', ['ada@example.com'], true],
    ['a decorated address', ['<ada@example.com>'], true],
    ['an employee number beside an address', ['E0012345', 'ada@example.com'], true],
    ['an employee number beside a decorated address', ['E0012345', '"ada@example.com"'], true],
  ])('knows whom %s names: %#', (_, names, isKnowable) => {
    expect(judged(names, [BOB])).toEqual(
      isKnowable
        ? undefined
        : {
            kind: 'held',
            reason: 'ambiguous_username',
            detail: 'no e-mail address, and Atlas knows people by theirs',
          },
    )
  })

  test('takes an address of which no bare one can be made for no known person', () => {
    // Decorated, but what stands inside is no address of its own.
    expect(judged(['auth0|a@b@example.com'], [BOB])).toMatchObject({ reason: 'ambiguous_username' })
  })
})

describe('besideEnded()', () => {
  const names = ['ada@example.com']

  test('holds for a member with access and the same mailbox name', () => {
    expect(besideEnded(names, listOf([LIKE, BOB]))).toEqual({
      ...{ kind: 'held', reason: 'possible_alias', detail: 'ada@old.example.com' },
      candidates: [{ userId: LIKE.userId, username: 'ada@old.example.com', status: 'ACTIVE' }],
    })
  })

  test.each([
    ['whose own invitation ended', listOf([{ ...LIKE, status: 'INVITATION_EXPIRED' }])],
    ['with another mailbox name', listOf([BOB])],
    ['of a list that was not read', undefined],
  ])('does not hold for somebody %s', (_, list) => {
    expect(besideEnded(names, list)).toBeUndefined()
  })
})

describe('held()', () => {
  const members = Array.from({ length: 21 }, (_, index) => memberOf(`p${index}@example.com`))

  test('names twenty candidates', () => {
    const outcome = held('renamed', members.slice(0, 20))

    expect(outcome).toMatchObject({
      detail: members
        .slice(0, 20)
        .map(({ username }) => username)
        .join(', '),
    })
    expect(outcome.kind === 'held' && outcome.candidates).toHaveLength(20)
  })

  test('counts those beyond', () => {
    const outcome = held('ambiguous_username', members)

    expect(outcome).toMatchObject({ detail: expect.stringMatching(/, p19@example\.com and 1 more$/) })
    expect(outcome.kind === 'held' && outcome.candidates).toHaveLength(20)
  })
})

describe('renamesOf()', () => {
  const clock = { now: () => NOW, sleep: async () => undefined, random: () => 0 }
  const table = memoryTable()
  let uids = 0
  const ledger = atlasLedger({ table, clock, uid: () => `u${++uids}`, lockMs: 1, keepClosedMs: 1 })
  const remember = (orgId: string, from: string, rename: Rename) =>
    ledger.change(renamedKey(orgId, from), () => ({ state: rename }))

  test('knows who gave up a name, in any case of letters, or the address inside one', async () => {
    await remember(ORG, 'ada@example.com', renamed(NEW_NAME))
    await remember(ORG, 'bob@example.com', renamed(LIKE))
    await remember(OTHER_ORG, 'eve@example.com', renamed(LIKE))

    expect(await renamesOf(ledger, ORG, ['ADA@Example.com', 'ada@example.com'])).toEqual([renamed(NEW_NAME)])
    expect(await renamesOf(ledger, ORG, ['<ADA@example.com>', 'Bob@example.com'])).toEqual([
      renamed(NEW_NAME),
      renamed(LIKE),
    ])
    expect(await renamesOf(ledger, ORG, ['ada@example.com/phone'])).toEqual([renamed(NEW_NAME)])
    expect(await renamesOf(ledger, ORG, ['eve@example.com'])).toEqual([])
  })

  test('fails over an entry that cannot be read: it may name somebody present', async () => {
    await table.insert({
      pk: renamedKey(ORG, 'odd@example.com'),
      version: 1,
      writeId: 'w',
      body: 'no',
      keys: {},
    })

    await expect(renamesOf(ledger, ORG, ['odd@example.com'])).rejects.toThrow('Cannot read the rename log')
  })
})
