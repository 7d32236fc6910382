import { expect, test } from 'vitest'
import { flatHeaders, hasKeyTwice, parseJson, textOf } from '../../../lib/words/body.ts'

async function* inPieces(...pieces: readonly string[]) {
  for (const piece of pieces) yield Buffer.from(piece)
}

test.each([
  ['{"a":1}', { a: 1 }],
  ['\uFEFF[1]', [1]],
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
  expect(flatHeaders({ 'Retry-After': '5', 'Set-Cookie': ['a', 'b'] })).toEqual({
    'retry-after': '5',
    'set-cookie': 'a, b',
  })
})

test.each([
  ['{"id":3332883884017713237}', { id: '3332883884017713237' }],
  ['[7,-7,0.1,1e30,"1e30"]', [7, -7, 0.1, 1e30, '1e30']],
])('parseJson() keeps every digit of whole numbers where asked: %s', (text, value) => {
  expect(parseJson(text, { exactIds: true })).toEqual(value)
})
