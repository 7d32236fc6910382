import { errors } from 'undici'
import { expect, test } from 'vitest'
import { noReplyFrom } from '../../../lib/atlas/no-reply.ts'

const REFUSED = failing({ code: 'ECONNREFUSED', syscall: 'connect' })

test.each([
  ['a refused connection', REFUSED, 'ECONNREFUSED', false],
  ['an unknown name', failing({ code: 'ENOTFOUND', syscall: 'getaddrinfo' }), 'ENOTFOUND', false],
  ['a connection that never came', new errors.ConnectTimeoutError(), 'CONNECT_TIMEOUT', false],
  ['all of several addresses', several([REFUSED, REFUSED]), 'ECONNREFUSED', false],
  ['a reset', failing({ code: 'ECONNRESET', syscall: 'read' }), 'ECONNRESET', true],
  ['a hang-up', new errors.SocketError('other side closed'), 'UND_ERR_SOCKET', true],
  ['one of several addresses', several([REFUSED, failing({ code: 'EPIPE' })]), 'ECONNREFUSED', true],
  ['a time-out while connected', failing({ code: 'ETIMEDOUT', syscall: 'read' }), 'ETIMEDOUT', true],
  ['a code that is none', failing({ code: 'ada@example.com' }), 'NO_REPLY', true],
])('noReplyFrom() tells %s and whether the request left', (_, error, code, sent) => {
  expect(noReplyFrom(error)).toEqual({ kind: 'no_reply', code, sent })
})

test.each([
  ['an argument nobody takes', new errors.InvalidArgumentError('invalid authorization header')],
  ['an error without code', new TypeError('x is not a function')],
  ['what is no error', 'ECONNREFUSED'],
])('noReplyFrom() throws %s', (_, error) => {
  expect(() => noReplyFrom(error)).toThrow()
})

function failing(fields: Record<string, unknown>): Error {
  return Object.assign(new Error('failed'), fields)
}

function several(causes: readonly Error[]): Error {
  return Object.assign(new AggregateError(causes), { code: 'ECONNREFUSED' })
}
