import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readJson } from '../../../lib/doors/json-body.ts'

const bytes = (text: string) => Buffer.from(text)

describe('readJson()', () => {
  test('reads what JSON.stringify writes', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 8 }), (value) => {
        const text = JSON.stringify(value)
        expect(readJson(bytes(text))).toEqual({ kind: 'json', value: JSON.parse(text) })
      }),
    )
  })

  test('counts only brackets that are none of a text', () => {
    const value = { text: '[[[['.repeat(100), escaped: `"${'{'.repeat(100)}`, '[': ']]]' }

    expect(readJson(bytes(JSON.stringify(value)))).toEqual({ kind: 'json', value })
  })

  test.each([
    ['more bytes than we read', bytes(`"${'x'.repeat(256 * 1024)}"`), 413],
    ['a deep list', bytes(`${'['.repeat(33)}${']'.repeat(33)}`), 400],
    ['an endless list', bytes('['.repeat(200_000)), 400],
    ['an endless text', bytes(`"${'\\'.repeat(200_000)}`), 400],
    ['nothing', bytes(''), 400],
    ['half a character', Buffer.from([0x22, 0xc3, 0x22]), 400],
    ['no JSON', bytes('{active: false}'), 400],
  ])('refuses %s', (_, body, status) => {
    expect(readJson(body)).toMatchObject({ kind: 'wrong', status })
  })

  test('takes a list that is just deep enough', () => {
    expect(readJson(bytes(`${'['.repeat(32)}${']'.repeat(32)}`)).kind).toBe('json')
  })
})
