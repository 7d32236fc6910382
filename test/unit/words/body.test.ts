import fc from 'fast-check'
import { expect, test } from 'vitest'
import { flatHeaders, hasKeyTwice, parseInput, parseJson, textOf } from '../../../lib/words/body.ts'

async function* inPieces(...pieces: readonly string[]) {
  for (const piece of pieces) yield Buffer.from(piece)
}

test.each([
  ['{"a":1}', { a: 1 }],
  ['\uFEFF[1]', [1]],
  ['["\uFEFF"]', ['\uFEFF']],
  ['[\uFEFF1]', undefined],
  ['null', null],
  ['{', undefined],
  ['', undefined],
])('parseJson() of %j is %j', (text, value) => {
  expect(parseJson(text)).toEqual(value)
})

test.each([
  ['{"a":1,"a":2}', true],
  ['[{"a":{"b":1, "b" : 2}}]', true],
  ['{"a":1,"b":{"a":2}}', false],
  ['[1]', false],
  ['{"a":[":b",":"],"\\"c":":"}', false],
])('hasKeyTwice() of %s is %j', (text, isTwice) => {
  expect(hasKeyTwice(text, JSON.parse(text))).toBe(isTwice)
})

test('textOf() reads up to its limit, and nothing that is longer', async () => {
  expect(await textOf(inPieces('ab', 'cd'), 4)).toBe('abcd')
  expect(await textOf(inPieces('ab', 'cde'), 4)).toBeUndefined()
  expect(await textOf(inPieces(), 4)).toBe('')
})

test('textOf() does not cut a letter that arrives in two pieces', async () => {
  const [one, other] = [Buffer.from('é').subarray(0, 1), Buffer.from('é').subarray(1)]
  async function* halves() {
    yield one
    yield other
  }

  expect(await textOf(halves(), 2)).toBe('é')
})

test('flatHeaders() writes names in lower case, and several values as one text', () => {
  expect(flatHeaders({ 'Retry-After': '5', 'Set-Cookie': ['a', 'b'], Date: undefined })).toEqual({
    'retry-after': '5',
    'set-cookie': 'a, b',
    date: '',
  })
})

test.each([
  ['{"id":3332883884017713237}', { id: '3332883884017713237' }],
  ['{"id":9007199254740993}', { id: '9007199254740993' }],
  ['[9007199254740991,0.1234567890123456]', [9_007_199_254_740_991, 0.123_456_789_012_345_6]],
  ['[1.5e16,"3332883884017713237"]', [1.5e16, '3332883884017713237']],
  ['[7,-7,0.1,1e30,"1e30"]', [7, -7, 0.1, 1e30, '1e30']],
])('parseJson() keeps every digit of whole numbers where asked: %s', (text, value) => {
  expect(parseJson(text, { exactIds: true })).toEqual(value)
})

test('parseJson() reads numbers as JavaScript does where nothing else is asked', () => {
  expect(parseJson('9007199254740993')).toBe(9_007_199_254_740_992)
  expect(parseJson('9007199254740993', {})).toBe(9_007_199_254_740_992)
})

test('parseInput() keeps every digit where asked', () => {
  expect(parseInput('{"id":9007199254740993}', { exactIds: true })).toEqual({ id: '9007199254740993' })
})

test('parseInput() reads whatever JSON.stringify writes', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const text = JSON.stringify(value)

      expect(parseInput(text)).toStrictEqual(JSON.parse(text))
      expect(parseInput(JSON.stringify(text))).toBe(text)
    }),
  )
})

test.each([
  ['a flag said twice', '{"username": "ada@example.com", "dryRun": true, "dryRun": false}'],
  ['two people under one key', '{"username": "ada@example.com", "username": "bob@example.com"}'],
  ['a key spelt with an escape', String.raw`{"dryRun": true, "dryRu\u006e": false}`],
  ['a repetition of the same', '{"a": 1, "a": 1}'],
  ['a repetition far inside', '{"data": [{"x": {"orgIds": ["a"] , "orgIds" : ["b"]}}]}'],
  ['an empty key twice', '{"": 1, "": 2}'],
  ['no JSON', '{"a": 1,}'],
  ['nothing', ''],
  ['what is too deep to be looked through', `${'['.repeat(500_000)}${']'.repeat(500_000)}`],
])('parseInput() does not guess which counts: %s', (_, text) => {
  expect(parseInput(text)).toBeUndefined()
})

test.each([
  ['a byte-order mark in front', '\ufeff{"a": 1}', { a: 1 }],
  ['a key in two objects', '[{"a": 1}, {"a": 1}]', [{ a: 1 }, { a: 1 }]],
  ['a text that looks like keys', String.raw`{"a": "\"b\": 1, \"b\": 2"}`, { a: '"b": 1, "b": 2' }],
  ['texts in a list', '["a", "b"]', ['a', 'b']],
])('parseInput() reads %s', (_, text, value) => {
  expect(parseInput(text)).toStrictEqual(value)
})
