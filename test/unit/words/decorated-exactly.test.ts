import { expect, test } from 'vitest'
import { bareNames } from '../../../lib/words/decorated.ts'

const [ADA, BEA] = ['ada@example.com', 'bea@example.com']

test.each([
  'x"ada@example.com"',
  '"ada@example.com"x',
  '"ada@example.com\'',
  "'ada@example.com+",
  "x'ada@example.com",
  'x{ada@example.com}',
  '{ada@example.com}x',
  '{ada@example.com]',
  'x"ada"@example.com',
  '"ada"@example.com@example.org',
  'xmailto:ada@example.com',
  '!|ada@example.com',
  'a b|ada@example.com',
  'Ada <"ada@example.com,bea@example.com"> x',
  '{uid=ada@example.com,x=1}x',
  'ada_partner.example.com#EXT#@t.example@example.org',
  'x\nada_partner.example.com#EXT#@t.example',
  'ada%zz@example.com',
  'ada*x@example.com',
  'x*ada@example.com',
  'x@ada_@example.com',
  'ada_@example.com@example.org',
])('bareNames() finds nothing in %j, which is nearly a decoration', (name) => {
  expect(bareNames(name)).toEqual([])
})

test.each([
  ['["ada@example.com,bea@example.com"]'],
  ['<"ada@example.com,bea@example.com">'],
  ['("ada@example.com,bea@example.com")'],
  ['{"ada@example.com,bea@example.com"}'],
  ['Ada <"ada@example.com,bea@example.com">'],
  ['uid=ada@example.com,x=bea@example.com', 'uid=ada@example.com', 'x=bea@example.com'],
])('bareNames() finds both in %s', (name, ...halfOpen) => {
  expect(bareNames(name).toSorted()).toEqual([ADA, BEA, ...halfOpen].toSorted())
})

test.each([
  ['""ada""@example.com'],
  ["'ada@example.com'"],
  ["'*ada@example.com", '*ada@example.com'],
  ['ada@example.com;bea'],
  ['{left}ada@example.com'],
  ['{(left)}ada@example.com'],
  ['[a)]ada@example.com'],
  ['ada[left]@example.com'],
  ['[bea]ada@example.com'],
  ['%%ada@example.com'],
  ['ada@example.com**'],
  ['ada**@example.com'],
  ['**ada**@example.com', '**ada@example.com', 'ada**@example.com'],
  ['**ada@example.com**', '**ada@example.com', 'ada@example.com**'],
  ['x~y~ada@example.com', 'y~ada@example.com'],
  ['~y~ada@example.com', 'y~ada@example.com'],
  ['&lt;ada@example.com&gt;', 'ada@example.com&gt'],
  ['&#60;ada@example.com&#62;', 'ada@example.com&#62'],
])('bareNames() finds one person in %s, and what is half open', (name, ...halfOpen) => {
  expect(bareNames(name).toSorted()).toEqual([ADA, ...halfOpen].toSorted())
})

test.each(['x&lt;ada@example.com&gt;', '&lt;ada@example.com&gt;x'])(
  'bareNames() does not look into %s for a name in brackets',
  (name) => {
    expect(bareNames(name)).toEqual(['ada@example.com&gt'])
  },
)
