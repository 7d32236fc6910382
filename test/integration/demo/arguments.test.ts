import { expect, test } from 'vitest'
import { readArguments, usage } from '../../../infra/local/arguments.ts'

test('readArguments() runs the story when nothing is asked for', () => {
  expect(readArguments([])).toMatchObject({ kind: 'run', json: false })
  expect(readArguments(['--json'])).toMatchObject({ kind: 'run', json: true })
})

test.each([
  [['remove', 'grace@example.com']],
  [['remove', '--dry-run', 'grace@example.com']],
  [['--json', 'remove', 'ada+test@example.com']],
  [['orphans']],
  [['orphans', 'people.csv', '--json']],
  [['leftovers']],
  [['roster']],
])('readArguments() accepts %j', (args) => {
  expect(readArguments(args)).toMatchObject({ kind: 'run' })
})

test.each([
  [['remove'], 'expected a username'],
  [['remove', ''], 'expected a username'],
  [['remove', 'nobody'], 'expected a username'],
  [['remove', 'two words@example.com'], 'expected a username'],
  [['remove', 'bell\u0007@example.com'], 'expected a username'],
  [['remove', 'grace@example.com', 'alan@example.com'], 'expected one username'],
  [['remove', 'grace@example.com', '--force'], '--force'],
  [['--dry-run'], '--dry-run'],
  [['orphans', 'a.csv', 'b.csv'], 'expected one roster'],
  [['leftovers', 'ada@example.com'], 'expected nothing after it'],
  [['roster', 'a.csv'], 'expected nothing after it'],
  [['toString'], 'no command "toString"'],
])('readArguments() says what is wrong with %j', (args, problem) => {
  expect(readArguments(args)).toEqual({ kind: 'wrong', problem: expect.stringContaining(problem) })
})

test('readArguments() knows --help anywhere, and usage() names every command', () => {
  expect(readArguments(['remove', '--help'])).toEqual({ kind: 'help' })
  expect(usage()).toContain('npm start -- remove <username> [--dry-run] [--json]')
})
