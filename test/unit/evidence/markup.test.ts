import { describe, expect, test } from 'vitest'
import { html, verbatim } from '../../../lib/evidence/markup.ts'

describe('html``', () => {
  test.each([
    ['<script>alert(1)</script>', '&lt;script&gt;alert(1)&lt;/script&gt;'],
    ['"><img src=x onerror=alert(1)>', '&quot;&gt;&lt;img src=x onerror=alert(1)&gt;'],
    ["' onmouseover='alert(1)", '&#39; onmouseover=&#39;alert(1)'],
    ['&lt;b&gt;', '&amp;lt;b&amp;gt;'],
    ['ada\u202egpj.exe', 'ada\\u{202e}gpj.exe'],
    ['a\u0000b\u2028c', 'a\\u{0}b\\u{2028}c'],
  ])('makes text of %j', (text, written) => {
    expect(html`<p title="${text}">${text}</p>`.markup).toBe(`<p title="${written}">${written}</p>`)
  })

  test('keeps markup that it made itself, in lists too, and leaves out what is absent', () => {
    const items = ['<', 2].map((item) => html`<li>${item}</li>`)

    expect(html`<ul>${items}</ul>${undefined}${false}${verbatim('<br>')}`.markup).toBe(
      '<ul><li>&lt;</li><li>2</li></ul><br>',
    )
  })
})
