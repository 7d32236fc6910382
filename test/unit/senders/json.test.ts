import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseInput } from '../../../lib/senders/json.ts'

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
