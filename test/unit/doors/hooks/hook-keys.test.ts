import { describe, expect, test } from 'vitest'
import { interpretHookSecret } from '../../../../lib/doors/hooks/hook-keys.ts'
import { digestOf } from '../../../../lib/doors/verification.ts'

const KEY = Buffer.from('a key of 24 good bytes..')
const WHSEC = `whsec_${KEY.toString('base64')}`
const VALUE = 'a-long-authorization-value-of-okta-0001'
const OTHER = 'a-long-authorization-value-of-okta-0002'

const interpret = (secret: object) => interpretHookSecret(JSON.stringify(secret))

describe('interpretHookSecret()', () => {
  test('reads the keys of every scheme with the source of each', () => {
    expect(
      interpret({
        okta: { corp: [VALUE, OTHER] },
        standard: { workday: [WHSEC, WHSEC], n8n: [] },
        hr: { hibob: ['sixteen letters!'] },
      }),
    ).toEqual({
      keys: {
        okta: [
          { source: 'hook/corp', value: digestOf(VALUE) },
          { source: 'hook/corp', value: digestOf(OTHER) },
        ],
        standard: [
          { source: 'hook/workday', value: KEY },
          { source: 'hook/workday', value: KEY },
        ],
        hr: [{ source: 'hr/hibob', value: Buffer.from('sixteen letters!') }],
      },
      refused: [],
    })
  })

  test.each([['{}'], [''], ['{"okta": [], "standard": null}']])('takes %j for nobody', (text) => {
    expect(interpretHookSecret(text)).toEqual({ keys: { okta: [], standard: [], hr: [] }, refused: [] })
  })

  test('lets the other names go on where one is there twice', () => {
    const text = `\ufeff{"okta": {"corp": "${VALUE}", "x": "short", "x": "${OTHER}"}}`

    expect(interpretHookSecret(text)?.keys.okta.map(({ source }) => source)).toEqual(['hook/corp', 'hook/x'])
  })

  test('lets the other entries go on beside an odd one', () => {
    const secret = { okta: { authorization: [VALUE] }, standard: { local: [WHSEC], other: [`v1,${WHSEC}`] } }

    expect(interpret(secret)).toEqual({
      keys: {
        okta: [{ source: 'hook/authorization', value: digestOf(VALUE) }],
        standard: [{ source: 'hook/local', value: KEY }],
        hr: [],
      },
      refused: [{ entry: 'standard.other', why: 'expected `whsec_` and 24 to 64 bytes in base64' }],
    })
  })

  test.each([
    ['a short authorization', { okta: { x: 'short' } }, 'okta.x'],
    ['an authorization of one letter', { okta: { x: 'x'.repeat(50) } }, 'okta.x'],
    ['an authorization with a line break', { okta: { x: `${OTHER}\n` } }, 'okta.x'],
    ['a key without its prefix', { standard: { x: KEY.toString('base64') } }, 'standard.x'],
    ['a short key', { standard: { x: 'whsec_AAAA' } }, 'standard.x'],
    ['a key of 23 bytes', { standard: { x: `whsec_${KEY.subarray(1).toString('base64')}` } }, 'standard.x'],
    [
      'a key of 65 bytes',
      { standard: { x: `whsec_${Buffer.alloc(65, KEY).toString('base64')}` } },
      'standard.x',
    ],
    [
      'a key of one byte',
      { standard: { x: `whsec_${Buffer.alloc(32, 1).toString('base64')}` } },
      'standard.x',
    ],
    [
      'a name that another scheme has, so that two senders would be one source',
      { standard: { corp: WHSEC } },
      'standard.corp',
    ],
    ['an unknown part', { Okta: { x: VALUE } }, 'secret.Okta'],
    ['another word in place of okta', { okta: { x: { authorization: OTHER, as: 'auth0' } } }, 'okta.x'],
    ['a declaration without values', { okta: { x: { as: 'okta' } } }, 'okta.x'],
    ['a misspelt declaration', { okta: { x: { authorization: OTHER, As: 'okta' } } }, 'okta.x'],
  ])('refuses %s alone', (_, part, entry) => {
    const { okta, standard, ...others } = part as { okta?: object; standard?: object }
    const { keys, refused } =
      interpret({
        okta: { corp: VALUE, ...okta },
        standard: { workday: WHSEC, ...standard },
        ...others,
      }) ?? {}

    expect(refused?.map((one) => one.entry)).toEqual([entry])
    expect(keys?.okta.map(({ source }) => source)).toEqual(['hook/corp'])
    expect(keys?.standard).toHaveLength(1)
    expect(JSON.stringify(refused)).not.toContain(OTHER)
  })

  test('lets one name speak as okta, and one only', () => {
    const secret = {
      okta: { corp: { authorization: VALUE, as: 'okta' }, other: { authorization: [OTHER], as: 'okta' } },
    }
    const { keys, refused } = interpret(secret) ?? { keys: { okta: [], standard: [], hr: [] } }

    expect(keys.okta).toEqual([{ source: 'okta', value: digestOf(VALUE) }])
    expect(refused).toEqual([
      { entry: 'okta.other', why: 'expected `authorization` and `as`: `okta`, and `as` once only' },
    ])
  })
})
