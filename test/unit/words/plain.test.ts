import { expect, test } from 'vitest'
import { plain } from '../../../lib/words/plain.ts'

test.each([
  ['HR-1042, Müller 🙂', 'HR-1042, Müller 🙂', 'keeps what only shows'],
  ['a\u001b[31mb', 'a\\u{1b}[31mb', 'shows an escape sequence'],
  ['a\nb\rc\td', 'a\\u{a}b\\u{d}c\\u{9}d', 'shows line breaks and tabs'],
  ['moc.\u202Eexample', 'moc.\\u{202e}example', 'shows what reorders'],
  ['a\u200bb\u2066c', 'a\\u{200b}b\\u{2066}c', 'shows what hides'],
  ['a\u2028b\u2029c', 'a\\u{2028}b\\u{2029}c', 'shows separators of lines and paragraphs'],
  ['a\u{e0041}b', 'a\\u{e0041}b', 'shows tags beyond the first plane, whole'],
  ['', '', 'has nothing to do'],
])('plain() of %j is %j: %s', (text, shown) => {
  expect(plain(text)).toBe(shown)
})
