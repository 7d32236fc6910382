import { expect, test } from 'vitest'
import {
  CODES,
  contentOf,
  interpretFailure,
  isRetryable,
  mayHaveApplied,
  remainingOf,
} from '../../../lib/atlas/interpret-status.ts'
import type { Reply } from '../../../lib/atlas/transport.ts'
import { noReply, refusal, reply } from './scripted.ts'

const NOW = new Date('2026-11-23T12:00:00Z')

test.each([
  [400, 'INVALID_QUERY_PARAMETER', 'refused', false],
  [400, 'SOMETHING_NEW', 'refused', false],
  [401, 'USER_UNAUTHORIZED', 'credential', false],
  [401, 'UNEXPECTED_ERROR', 'credential', false],
  [401, 'SOMETHING_NEW', 'forbidden', false],
  [402, 'ACCOUNT_SUSPENDED', 'credential', false],
  [402, 'SOMETHING_NEW', 'forbidden', false],
  [403, 'IP_ADDRESS_NOT_ON_ACCESS_LIST', 'credential', false],
  [403, 'CANNOT_DELETE_LAST_ADMIN', 'last_owner', false],
  [403, 'CANNOT_DELETE_LAST_OWNER', 'last_owner', false],
  [403, 'CANNOT_DEMOTE_LAST_ORG_OWNER', 'last_owner', false],
  [403, 'CANNOT_MODIFY_CHARTS_USER', 'refused', false],
  [403, 'SOMETHING_NEW', 'forbidden', false],
  [403, 'UNEXPECTED_ERROR', 'forbidden', false],
  [409, 'CANNOT_DELETE_LAST_ADMIN', 'last_owner', false],
  [500, 'CANNOT_DELETE_LAST_ADMIN', 'transient', true],
  [404, 'ORG_NOT_FOUND', 'credential', false],
  [404, 'USER_NOT_FOUND', 'refused', false],
  [404, 'SOMETHING_NEW', 'transient', false],
  [405, 'WRITES_NOT_ALLOWED_DURING_APP_UPGRADES', 'transient', true],
  [405, 'METHOD_NOT_ALLOWED', 'transient', false],
  [406, 'INVALID_VERSION_DATE', 'refused', false],
  [408, 'REQUEST_TIMEOUT', 'transient', true],
  [409, 'CONFLICT', 'transient', false],
  [410, 'VERSION_GONE', 'refused', false],
  [415, 'UNSUPPORTED_MEDIA_TYPE', 'transient', false],
  [425, 'TOO_EARLY', 'transient', true],
  [429, 'RATE_LIMITED_TOKEN_BUCKET', 'transient', true],
  [302, 'FOUND', 'transient', false],
  [302, 'ORG_NOT_FOUND', 'transient', false],
  [500, 'UNEXPECTED_ERROR', 'transient', true],
  [503, 'SERVICE_UNAVAILABLE', 'transient', true],
] as const)(
  'interpretFailure() and isRetryable() classify %i %s as %s, retried: %s',
  (status, code, reason, again) => {
    const answer = refusal(status, code)

    expect(interpretFailure(answer, NOW)).toStrictEqual({ kind: 'failure', reason, code })
    expect(isRetryable(answer)).toBe(again)
  },
)

test.each([400, 401, 402, 403, 404, 406, 410])(
  'interpretFailure() takes a %i without a code for the word of a proxy',
  (status) => {
    const failure = { kind: 'failure', reason: 'transient', code: `HTTP_${status}` }

    expect(interpretFailure(reply(status), NOW)).toEqual(failure)
    expect(interpretFailure(reply(status, { detail: 'Request blocked' }), NOW)).toEqual(failure)
  },
)

test("interpretFailure() knows Atlas by a 401's shape where its code is empty", () => {
  const answer = reply(401, { error: 401, errorCode: '', detail: 'You are not authorized.' })

  expect(interpretFailure(answer, NOW)).toMatchObject({ reason: 'credential', code: 'HTTP_401' })
})

test('interpretFailure() knows Atlas by that shape with a 401 alone', () => {
  expect(interpretFailure(reply(403, { error: 401, errorCode: '' }), NOW).reason).toBe('transient')
})

test.each(['stale=true', 'STALE="True"'])(
  'interpretFailure() blames no key for a nonce that is old: %s',
  (stale) => {
    const challenge = { 'www-authenticate': `Digest realm="MMS Public API", nonce="n", qop="auth", ${stale}` }

    expect(interpretFailure(refusal(401, 'UNEXPECTED_ERROR', challenge), NOW).reason).toBe('transient')
  },
)

test('CODES lists every code once, each with its source', () => {
  const codes = CODES.flatMap(([, , listed]) => listed.split(' '))

  expect(new Set(codes).size).toBe(codes.length)
  expect(codes.filter((code) => !/^[A-Z0-9_]+$/.test(code))).toEqual([])
  expect(CODES.filter(([, source]) => source === '')).toEqual([])
})

test('contentOf() reads a 200 that came whole', () => {
  const read = (body: unknown) => (body ? ({ kind: 'read' } as const) : undefined)

  expect(contentOf(reply(200, {}), NOW, read)).toEqual({ kind: 'read' })
  expect(contentOf(reply(200), NOW, read)).toMatchObject({ code: 'UNEXPECTED_REPLY' })
  expect(contentOf({ ...reply(200), truncated: true } as Reply, NOW, read)).toMatchObject({
    reason: 'transient',
    code: 'BODY_TOO_LARGE',
  })
  expect(contentOf(reply(503), NOW, read)).toMatchObject({ code: 'HTTP_503' })
  expect(contentOf(noReply('TIMEOUT'), NOW, read)).toMatchObject({ code: 'TIMEOUT' })
})

test('interpretFailure() and isRetryable() take a missing reply for something that may pass', () => {
  expect(interpretFailure(noReply('ECONNRESET'), NOW)).toEqual({
    kind: 'failure',
    reason: 'transient',
    code: 'ECONNRESET',
  })
  expect(isRetryable(noReply('TIMEOUT'))).toBe(true)
})

test.each([
  ['no body', undefined, {}, 'HTTP_503'],
  ['no errorCode', { error: 503, detail: 'x' }, {}, 'HTTP_503'],
  ['an empty errorCode', { errorCode: '' }, {}, 'HTTP_503'],
  ['the header alone', undefined, { 'x-error-code': 'SERVICE_UNAVAILABLE' }, 'SERVICE_UNAVAILABLE'],
  ['a body that disagrees with the header', { errorCode: 'A' }, { 'x-error-code': 'B' }, 'A'],
  ['an errorCode that is no code', { errorCode: 'ada@example.com' }, { 'x-error-code': 'B' }, 'B'],
  ['an endless errorCode', { errorCode: 'A'.repeat(65) }, {}, 'HTTP_503'],
  ['a line break', { errorCode: 'A\nB' }, { 'x-error-code': '<b>' }, 'HTTP_503'],
  ['a number', { errorCode: 5 }, {}, 'HTTP_503'],
  ['an array', ['errorCode'], {}, 'HTTP_503'],
  ['null', null, {}, 'HTTP_503'],
  ['parameters of any shape', { errorCode: 'A', parameters: { deep: [null] } }, {}, 'A'],
  ['an error that is a text, as some proxies write it', { error: 'forbidden' }, {}, 'HTTP_503'],
])('interpretFailure() reads the code from %s', (_, body, headers, code) => {
  expect(interpretFailure(reply(503, body, headers as Record<string, string>), NOW).code).toBe(code)
})

test.each([
  ['55', 55_000],
  ['0', 0],
  [' 7 ', 7_000],
  ['Mon, 23 Nov 2026 12:00:30 GMT', 30_000],
  ['Mon, 2 Nov 2026 12:00:30 GMT', 0],
  ['Mon, 23 Nov 2026 11:59:00 GMT', 0],
  ['99999999999', 3_600_000],
  ['9'.repeat(400), 3_600_000],
  ['Mon, 23 Nov 2036 12:00:30 GMT', 3_600_000],
  ['Xxx, 23 Xxx 2026 12:00:30 GMT', undefined],
  ['Mon, 23 Nov 2026 12:00:30 GMT+02:00', undefined],
  ['On Mon, 23 Nov 2026 12:00:30 GMT', undefined],
  ['30, 120', 120_000],
  ['30,120 ,60', 120_000],
  ['30e2, 120', undefined],
  ['30, soon', undefined],
  ['soon', undefined],
  ['-5', undefined],
  ['1.5', undefined],
  ['', undefined],
])('interpretFailure() reads Retry-After %j as %j ms', (value, expected) => {
  const failure = interpretFailure(refusal(429, 'RATE_LIMITED', { 'retry-after': value }), NOW)

  expect(failure.retryAfterMs).toBe(expected)
})

test.each([
  ['a request that never left', noReply('ECONNREFUSED', false), false],
  ['a lost answer', noReply('ECONNRESET'), true],
  ['500', reply(500), true],
  ['503', reply(503), true],
  ['408', reply(408), true],
  ['202', reply(202), true],
  ['300', reply(300), false],
  ['302', reply(302), false],
  ['429', reply(429), false],
  ['404', reply(404), false],
])('mayHaveApplied() judges %s', (_, answer, expected) => {
  expect(mayHaveApplied(answer)).toBe(expected)
})

test.each([
  ['a number', reply(200, {}, { 'ratelimit-remaining': '499' }), 499],
  ['nothing', reply(200), undefined],
  ['garbage', reply(200, {}, { 'ratelimit-remaining': 'many' }), undefined],
  ['a sign', reply(200, {}, { 'ratelimit-remaining': '-499' }), undefined],
  ['a unit', reply(200, {}, { 'ratelimit-remaining': '499 a minute' }), undefined],
  ['no reply', noReply('TIMEOUT'), undefined],
])('remainingOf() reads %s', (_, answer, expected) => {
  expect(remainingOf(answer)).toBe(expected)
})
