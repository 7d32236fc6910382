import { expect, test } from 'vitest'
import { fitted, fromNow, instant, jsonOf, printable, span } from '../../../lib/cli/text.ts'

const NOW = new Date('2026-11-30T17:00:00Z')
const ago = (seconds: number) => new Date(NOW.getTime() - seconds * 1_000)

test.each([
  { seconds: 0, text: 'less than 1 s' },
  { seconds: 59, text: '59 s' },
  { seconds: 1_067, text: '17 min 47 s' },
  { seconds: 3_600, text: '1 h' },
  { seconds: -7_200, text: '2 h' },
  { seconds: 400 * 86_400, text: '400 d' },
])('span() of $seconds s is $text', ({ seconds, text }) => {
  expect(span(ago(seconds), NOW)).toBe(text)
})

test('fromNow() never counts into the past', () => {
  expect([fromNow(ago(-120), NOW), fromNow(ago(120), NOW)]).toEqual(['in 2 min', 'now'])
})

test('instant() is UTC to the second', () => {
  expect(instant(new Date('2026-11-30T18:00:00.123+01:00'))).toBe('2026-11-30T17:00:00Z')
  expect(instant(new Date('soon'))).toBe('unknown')
})

test('jsonOf() carries no control characters to a terminal, and says the same', () => {
  const value = { name: 'a\u009b2J\u202e', list: [1] }

  expect(jsonOf(value)).not.toMatch(/[\u009b\u202e]/)
  expect(JSON.parse(jsonOf(value))).toEqual(value)
})

test('printable() leaves nothing but line ends that a terminal would obey', () => {
  expect(printable('a\u001b[2J\u202e\nb\r\nc\rd')).toBe('a\\u{1b}[2J\\u{202e}\nb\r\nc\\u{d}d')
})

test.each([
  {
    what: 'a sentence at spaces',
    line: '  The organization is over its limit. Everybody in it is held.',
    lines: ['  The organization is over its limit.', '    Everybody in it is held.'],
  },
  {
    what: 'what stands beside a first column, beside it',
    line: '  --by WHO  a name to note beside your AWS identity',
    lines: ['  --by WHO  a name to note beside your', '            AWS identity'],
  },
  {
    what: 'a usage between its options',
    line: 'Usage: atlas-offboarding retry [CASE…] [--org ORG]',
    lines: ['Usage: atlas-offboarding retry [CASE…]', '  [--org ORG]'],
  },
  {
    what: 'no word',
    line: `${'x'.repeat(50)} y`,
    lines: ['x'.repeat(50), '  y'],
  },
  { what: 'no program', line: `curl --header "Accept: ${'x'.repeat(40)}" y`, lines: undefined },
])('fitted() breaks $what', ({ line, lines = [line] }) => {
  expect(fitted(line, 40)).toBe(lines.join('\n'))
  expect(fitted(line, undefined)).toBe(line)
})

test.each([
  '  next: atlas-offboarding release c-0123456789abcdef0123 --because "HR says so"',
  'or: atlas api mongoDbCloudUsers createOrgUser --version 2025-02-19 --file person.json',
])('fitted() breaks `%s` so that it can be pasted', (line) => {
  const shown = fitted(line, 60)

  expect(shown).toContain(' \\\n')
  expect(Math.max(...shown.split('\n').map((one) => one.length))).toBeLessThanOrEqual(60)
  expect(shown.replace(/ \\\n +/g, ' ')).toBe(line)
})
