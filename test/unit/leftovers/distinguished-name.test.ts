import fc from 'fast-check'
import { expect, test } from 'vitest'
import { distinguishedName } from '../../../lib/leftovers/distinguished-name.ts'

const CN = (value: string) => [{ type: 'cn', value }]

test.each([
  ['CN=ada@example.com', CN('ada@example.com')],
  ['cn = Ada  ', CN('Ada')],
  ['CN=Ada Byron', CN('Ada Byron')],
  ['CN=Ada\\20', CN('Ada ')],
  ['CN=Ada\\ ', CN('Ada ')],
  ['CN=\\ Ada', CN(' Ada')],
  ['CN=', CN('')],
  ['CN=Byron\\, Ada', CN('Byron, Ada')],
  ['CN=a\\+b\\"c\\\\d\\;e\\<f\\>g\\=h', CN('a+b"c\\d;e<f>g=h')],
  ['CN=\\#1', CN('#1')],
  ['CN=Lu\\C4\\8Di\\C4\\87', CN('Lučić')],
  ['CN=Lučić', CN('Lučić')],
  ['CN=Ada \u{1f600}\\\u{1f600}', CN('Ada \u{1f600}\u{1f600}')],
  [`CN=${'a'.repeat(4_093)}`, CN('a'.repeat(4_093))],
  [`CN=#0C7F${'41'.repeat(127)}`, CN('A'.repeat(127))],
  ['CN= Ada  Byron ', CN('Ada  Byron')],
  ['CN=Ada\\\\ ', CN('Ada\\')],
  ['CN="a\\,\\C4\\8Db" ,O=x', [...CN('a,čb'), { type: 'o', value: 'x' }]],
  ['CN="Byron, Ada"', CN('Byron, Ada')],
  ['CN="a\\"b" ', CN('a"b')],
  ['CN=""', CN('')],
  ['CN=#0C03416461', CN('Ada')],
  ['CN=#1303416461 ', CN('Ada')],
  ['2.5.4.3=Ada', [{ type: '2.5.4.3', value: 'Ada' }]],
  ['OID.2.5.4.3=Ada', [{ type: '2.5.4.3', value: 'Ada' }]],
  [
    'CN=Ada+E=ada@example.com,O=Example;C=GB',
    [
      { type: 'cn', value: 'Ada' },
      { type: 'e', value: 'ada@example.com' },
      { type: 'o', value: 'Example' },
      { type: 'c', value: 'GB' },
    ],
  ],
  ['CN=#0C03416461+E="x",O=y', [...CN('Ada'), { type: 'e', value: 'x' }, { type: 'o', value: 'y' }]],
])('distinguishedName() reads %j', (text, attributes) => {
  expect(distinguishedName(text)).toEqual(attributes)
})

test.each([
  '',
  'ada@example.com',
  'CN',
  'CN=Ada,',
  'CN=Ada,,O=x',
  'CN=Ada+',
  '=Ada',
  '1CN=Ada',
  'C N=Ada',
  'CN="Ada',
  'CN="Ada"x',
  'CN=A"da',
  'CN=A<da',
  'CN=Ada\\',
  'CN=\\C4',
  'CN="\\C4"',
  'CN=#',
  'CN=#0C0',
  'CN=#0C',
  'CN=#0C04416461',
  'CN=#0203416461',
  'CN=#0C01C4',
  'CN=#0C03416461x',
  'CN=#0C034164610',
  `CN=#0C81${'80'}${'41'.repeat(128)}`,
  `CN=#0C81${'41'.repeat(129)}`,
  `CN=#0C80${'41'.repeat(128)}`,
  `CN=${'a'.repeat(4_094)}`,
  '2=Ada',
  'OID.CN=Ada',
])('distinguishedName() reads nothing in %j', (text) => {
  expect(distinguishedName(text)).toBeUndefined()
})

const escaped = (value: string) =>
  [...Buffer.from(value)].map((byte) => `\\${byte.toString(16).padStart(2, '0')}`).join('')
const quoted = (value: string) => `"${value.replace(/["\\]/g, '\\$&')}"`

test('distinguishedName() reads back any value, escaped or quoted, in any place', () => {
  const value = fc.string({ unit: 'grapheme', maxLength: 40 }).map((text) => text.toWellFormed())
  const written = fc.tuple(value, fc.constantFrom(escaped, quoted))

  fc.assert(
    fc.property(
      fc.array(written, { minLength: 1, maxLength: 5 }),
      fc.constantFrom(',', ';', '+', ' , '),
      (values, by) => {
        const text = values.map(([one, write]) => `CN=${write(one)}`).join(by)

        expect(distinguishedName(text)?.map((attribute) => attribute.value)).toEqual(
          values.map(([one]) => one),
        )
      },
    ),
  )
})

test('distinguishedName() never throws and never takes long', () => {
  const nasty = fc.string({
    unit: fc.constantFrom('\\', ' ', '"', '#', ',', '+', '=', 'C', 'N', '4'),
    maxLength: 4_096,
  })

  fc.assert(
    fc.property(nasty, (text) => {
      distinguishedName(`CN=${text}`)
    }),
  )
})
