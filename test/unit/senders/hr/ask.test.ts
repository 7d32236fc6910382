import { describe, expect, test } from 'vitest'
import { hrAsk, interpretReply } from '../../../../lib/senders/hr/ask.ts'
import type { HrReply } from '../../../../lib/senders/hr/transport.ts'

const NOW = new Date('2026-11-29T10:00:00Z')
const reply = (status: number, headers: Readonly<Record<string, string>> = {}, body?: unknown): HrReply => ({
  ...{ kind: 'reply', status, headers, body },
})

describe('interpretReply()', () => {
  test.each([
    [reply(200, {}, { a: 1 }), { kind: 'answer', body: { a: 1 } }],
    [reply(200), { kind: 'silent', code: 'ANSWER_UNREADABLE', needsHuman: true }],
    [reply(404), { kind: 'not_found' }],
    [reply(401), { kind: 'silent', code: 'HTTP_401', needsHuman: true }],
    [reply(403), { kind: 'silent', code: 'HTTP_403', needsHuman: true }],
    [
      reply(302, { location: 'https://elsewhere.example.com' }),
      { kind: 'silent', code: 'HTTP_302', needsHuman: true },
    ],
    [reply(500), { kind: 'silent', code: 'HTTP_500', needsHuman: false }],
    [reply(429), { kind: 'silent', code: 'HTTP_429', needsHuman: false, retryAfterMs: 60_000 }],
    [
      reply(503, { 'retry-after': '30' }),
      { kind: 'silent', code: 'HTTP_503', needsHuman: false, retryAfterMs: 30_000 },
    ],
    [
      reply(503, { 'retry-after': 'Sun, 29 Nov 2026 10:02:00 GMT' }),
      { kind: 'silent', code: 'HTTP_503', needsHuman: false, retryAfterMs: 120_000 },
    ],
    [
      reply(503, { 'retry-after': '999999' }),
      { kind: 'silent', code: 'HTTP_503', needsHuman: false, retryAfterMs: 3_600_000 },
    ],
    [
      { kind: 'no_reply', code: 'TIMEOUT' },
      { kind: 'silent', code: 'TIMEOUT', needsHuman: false },
    ],
  ] as const)('%j: %j', (given, answer) => {
    expect(interpretReply(given as HrReply, NOW)).toEqual(answer)
  })
})

describe('hrAsk()', () => {
  function ask(replies: HrReply[], leftMs = 60_000) {
    const sent: string[] = []
    const slept: number[] = []
    const asking = hrAsk({
      ...{ origin: 'https://api.hibob.com', credential: {}, tokens: new Map() },
      clock: { now: () => NOW, sleep: async (ms) => void slept.push(ms), random: () => 0.5 },
      deadline: new Date(NOW.getTime() + leftMs),
      transport: async ({ origin, path, timeoutMs }) => {
        sent.push(`${origin}${path} ${timeoutMs}`)
        return replies.shift() ?? reply(500)
      },
    })
    return { sent, slept, send: () => asking.send({ method: 'GET', path: '/v1/x' }) }
  }

  test('tries once more what may pass', async () => {
    const it = ask([reply(500), reply(200, {}, {})])

    expect((await it.send()).kind).toBe('answer')
    expect(it.slept).toEqual([300])
  })

  test.each([
    ['a third time', [reply(500), reply(500)], 2],
    ['what asks for a wait', [reply(429)], 1],
    ['what a human must repair', [reply(403)], 1],
  ])('never tries %s', async (_, replies, tries) => {
    const it = ask([...replies])
    await it.send()

    expect(it.sent).toHaveLength(tries)
  })

  test('never waits past the deadline', async () => {
    const late = ask([], 249)

    expect(await late.send()).toMatchObject({ code: 'DEADLINE' })
    expect(late.sent).toEqual([])
    const justInTime = ask([reply(404)], 250)
    await justInTime.send()
    expect(justInTime.sent).toEqual(['https://api.hibob.com/v1/x 250'])
    const short = ask([reply(404)], 4_000)
    await short.send()
    expect(short.sent).toEqual(['https://api.hibob.com/v1/x 4000'])
  })

  test('gives one try ten seconds', async () => {
    const it = ask([reply(404)])
    await it.send()

    expect(it.sent).toEqual(['https://api.hibob.com/v1/x 10000'])
  })
})
