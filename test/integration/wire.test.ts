import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test, vi } from 'vitest'
import { wireOperator } from '../../lib/wire.ts'
import { later, ORG, openedCase } from '../support/cases.ts'

const DAY_MS = 24 * 3_600_000
const CLOSED_AT = later(2_000)
const ENV = {
  ...{ LEDGER_TABLE: 'ledger', AUDIT_BUS: 'audit', KEEP_CLOSED_DAYS: '33' },
  ...{ READ_ORGS: `${ORG}=read`, WORK_QUEUE_URL: 'http://127.0.0.1:9/work', ROSTERS: '[]' },
  ...{ EVENTS_DLQ_URL: 'http://127.0.0.1:9/events', TOPIC_DLQ_URL: 'http://127.0.0.1:9/topic' },
  ...{ WORK_DLQ_URL: 'http://127.0.0.1:9/dlq', AWS_REGION: 'us-east-1' },
}

/** A table that takes everything. @returns what it was asked to write */
async function takingAll(): Promise<readonly string[]> {
  const written: string[] = []
  const server = createServer((request, response) => {
    request.setEncoding('utf8')
    request.on('data', (body: string) => written.push(body))
    request.on('end', () =>
      response.writeHead(200, { 'content-type': 'application/x-amz-json-1.0' }).end('{}'),
    )
  }).listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const { port } = server.address() as AddressInfo
  vi.stubEnv('AWS_ENDPOINT_URL_DYNAMODB', `http://127.0.0.1:${port}`)
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'local')
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'local')
  vi.stubEnv('AWS_REGION', 'us-east-1')
  onTestFinished(() => {
    vi.unstubAllEnvs()
    server.closeAllConnections()
    server.close()
  })
  return written
}

test.each([{ name: 'operator', wire: wireOperator }])(
  'the $name writes a closed case that stays for as long as was set',
  async ({ wire }) => {
    const written = await takingAll()
    const { ledger } = wire(ENV).deps

    await ledger.record(openedCase({}, {}, { closedAt: CLOSED_AT }))

    const { N: until } = JSON.parse(written.join('')).Item.expiresAt
    expect((Number(until) * 1_000 - CLOSED_AT.getTime()) / DAY_MS).toBeCloseTo(33, 3)
  },
)
