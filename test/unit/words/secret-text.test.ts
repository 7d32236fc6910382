import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type SecretValue, secretText } from '../../../lib/words/secret-text.ts'

const SECRET = '{"clientSecret":"mdb_sa_sk_é"}'
const READ_AS_LATIN_1 = '\u00ef\u00bb\u00bf'
const base64 = (text: string | Buffer) => Buffer.from(text).toString('base64')
const utf16 = (text: string) => Buffer.from(`\uFEFF${text}`, 'utf16le')

/** The forms that can be wrapped in each other. */
const FORMS: Readonly<Record<string, (text: string) => string>> = {
  'JSON within JSON': JSON.stringify,
  'JSON behind blanks': (text) => ` \r\n${JSON.stringify(text)}\n`,
  Base64: (text) => base64(text),
  'Base64 without padding': (text) => base64(text).replace(/=+$/, ''),
  'Base64 in lines': (text) => base64(text).replace(/.{8}/g, '$&\n'),
  'Base64 of UTF-16': (text) => base64(utf16(text)),
  'Base64 behind blanks, of JSON behind blanks': (text) => ` ${base64(`\n ${text}`)}`,
  'Base64 of a byte-order mark': (text) => base64(`\uFEFF${text}`),
  'Base64 of two': (text) => base64(`\uFEFF\uFEFF${text}`),
  'Base64 of one that was read in the wrong encoding': (text) => base64(`${READ_AS_LATIN_1}${text}`),
}

test.each<[string, SecretValue]>([
  ['text', { SecretString: SECRET }],
  ['text between blanks', { SecretString: `\n ${SECRET}\t` }],
  ['text behind a byte-order mark', { SecretString: `\uFEFF${SECRET}` }],
  ['text behind one that was read in the wrong encoding', { SecretString: `${READ_AS_LATIN_1}${SECRET}` }],
  ['text behind several', { SecretString: `${READ_AS_LATIN_1}\uFEFF${READ_AS_LATIN_1} ${SECRET}` }],
  ['binary', { SecretBinary: Buffer.from(SECRET) }],
  ['binary in UTF-16', { SecretBinary: utf16(SECRET) }],
  ['binary in UTF-16, the other way round', { SecretBinary: utf16(SECRET).swap16() }],
])('secretText() reads %s', (_, value) => {
  expect(secretText(value)).toBe(SECRET)
})

test('secretText() reads any form in any other, three deep', () => {
  const form = fc.constantFrom(...Object.keys(FORMS))
  fc.assert(
    fc.property(fc.array(form, { minLength: 1, maxLength: 3 }), (names) => {
      // What looks like Base64 is read only if it holds JSON.
      fc.pre(!/Base64[^/]*\/Base64/.test(names.join('/')))
      const text = names.reduce((inner, name) => FORMS[name]?.(inner) ?? '', SECRET)

      expect(secretText({ SecretString: text })).toBe(SECRET)
      expect(secretText({ SecretBinary: Buffer.from(text) })).toBe(SECRET)
    }),
  )
})

test('secretText() looks three forms deep, and no deeper', () => {
  const wrapped = (times: number): string => (times === 0 ? SECRET : JSON.stringify(wrapped(times - 1)))

  expect(secretText({ SecretString: wrapped(4) })).toBe(wrapped(1))
})

test.each([
  ['nothing', ''],
  ['a secret of letters and digits', 'mdbsask0123456789'],
  ['Base64 of what is no JSON', base64('Bearer {token}')],
  ['Base64 with something before it', `!${base64(SECRET)}`],
  ['Base64 with something behind it', `${base64('{"a":1}')}!`],
  ['Base64 with too much padding', `${base64('{"a":1}')}=`],
  ['a number in JSON', '7'],
  ['an object', '{"a": "b c"}'],
  ['a text that JSON does not end', '"a'],
])('secretText() leaves %s as it is', (_, text) => {
  expect(secretText({ SecretString: text })).toBe(text)
})

test('secretText() is empty without a value', () => {
  expect(secretText({})).toBe('')
})
