import { existsSync } from 'node:fs'
import { expect, test } from 'vitest'
import { isRefusal } from '../../../lib/acts/act.ts'
import { stateOf, stepLines } from '../../../lib/acts/case-table.ts'
import { COMMANDS } from '../../../lib/acts/commands.ts'
import { READS, WRITES } from '../../../lib/acts/operator.ts'
import { place } from '../../../lib/acts/place.ts'
import { readArgv, wordOf } from '../../../lib/cli/argv.ts'
import { helpOn, overview } from '../../../lib/cli/help.ts'
import { actOf, CATALOGUE } from '../../../lib/words/catalogue.ts'
import { unpastable } from './desk.ts'
import { onCallIn } from './on-call.ts'

const NAMES = COMMANDS.map(({ name }) => name)
/** What `orphans --remove` and `restore` ask for has no command of its own. */
const ACTIONS = [...READS, ...WRITES]
  .map(({ action }) => action)
  .filter((one) => !['remove_orphans', 'restored'].includes(one))

test('every act has a file or folder of its name, and a command', () => {
  expect(NAMES.length).toBeGreaterThan(10)
  expect(ACTIONS.map((action) => action.replace('_', '-')).sort()).toEqual(NAMES.toSorted())
  for (const name of NAMES)
    expect([`lib/acts/${name}.ts`, `lib/acts/${name}/act.ts`].filter(existsSync)).toHaveLength(1)
})

test.each(NAMES)('the help names %s, and its examples can be typed', (name) => {
  const command = COMMANDS.find((one) => one.name === name)
  if (!command) throw new Error(`Cannot find command "${name}"`)

  expect(overview(COMMANDS)).toContain(command.about)
  expect(command.examples.length).toBeGreaterThan(0)
  for (const entry of Object.entries(command.options)) expect(helpOn(command)).toContain(wordOf(...entry))
  for (const example of command.examples) {
    expect(helpOn(command)).toContain(example)
    const words = [...example.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, word]) => quoted ?? word ?? '')
    expect(readArgv(words, COMMANDS)).toMatchObject({ kind: 'command', command: { name } })
  }
})

const ACTS = Object.entries(CATALOGUE).flatMap(([name, row]) =>
  stepLines(actOf(row, { case: `c-${'0'.repeat(20)}`, org: '32b6e34b3d91647abb20e7b8' })).map(
    (line) => [name, line] as const,
  ),
)

test.each(ACTS)('a line that the catalogue shows of "%s" is a remark, or can be pasted: %s', (_, line) => {
  expect(/^[A-Z].*:$/.test(line) || unpastable(line).length === 0).toBe(true)
})

test.each([
  'next: atlas-offboarding release c-1 --because WHY (they left)',
  '  or: cancel c-1 --because WHY',
  'Not retried; next: atlas-offboarding status',
  'next: find out who it was',
  'next: atlas-offboarding relase c-1',
])('a line that cannot be pasted is found: %s', (line) => {
  expect(unpastable(`Title\n${line}\nnext: atlas-offboarding status`)).toEqual([line])
})

test.each(['tells', 'asks'] as const)(
  'the dispatcher refuses an action that it does not know (%s)',
  async (way) => {
    const onCall = onCallIn()
    const lists = { tells: WRITES, asks: [...READS, place] }

    for (const request of [{ action: 'fly' }, { action: 'constructor' }, {}, { action: 7 }])
      expect(await onCall[way](request)).toEqual({
        error: `\`action\`: expected one of ${lists[way].map(({ action }) => action).join(', ')}`,
      })
  },
)

test.each([
  ...WRITES.map(({ action }) => ['tells', action]),
  ...READS.map(({ action }) => ['asks', action]),
] as const)('every request is a closed object: %s %s', async (way, action) => {
  for (const key of ['usernme', '__proto__']) {
    const request = JSON.parse(`{"action":"${action}","username":"ada@example.com","${key}":{}}`)
    const answer = await onCallIn()[way as 'tells' | 'asks'](request)

    expect(isRefusal(answer)).toBe(true)
    expect(answer.error).toMatch(/^`\w+` is unknown/)
  }
})

test.each([' ', '\u00a0', '—', '...'])('an act does not take %j for a reason', async (because) => {
  const answer = await onCallIn().tells({ action: 'pause', because })

  expect(answer.error).toMatch(/^`because`: expected 1 to 200 printable characters/)
})

test('a held dry run is called one wherever it stands', () => {
  const outcome = { kind: 'held', reason: 'privileged' } as const

  expect(stateOf({ outcome, dryRun: true }, new Date(0))).toBe('held: privileged; a dry run')
  expect(stateOf({ outcome }, new Date(0))).toBe('held: privileged')
})
