import { expect, test } from 'vitest'
import { startLocalFunction } from '../../../infra/local/lambda/local-lambda.ts'
import { ORG } from '../../support/cases.ts'
import { type FunctionName, packagedFunction, templateFor } from './packaged.ts'

const NAMES = ['departures', 'sweep', 'operator', 'operator-read', 'http', 'roster'] as const

test.each(NAMES)(
  'a function without its environment does not start, and names every key that it needs: %s',
  async (name) => {
    const { message } = await failedInit(name, {})

    expect(message).toContain(`Cannot read the environment of "${name}": `)
    expect(REQUIRED[name].filter((key) => !message.match(`\\b${key} (is missing|must be)`))).toEqual([])
  },
)

test('a misspelled key stops the init, and its value is not shown', async () => {
  const { PROTECTED_USERNAMES: _, ...env } = (await deployed('departures')).env

  const failed = await failedInit('departures', { ...env, PROTECTED_USERNAME: 'break-glass@example.com' })

  expect(failed.message).toContain('PROTECTED_USERNAME is unknown: did you mean PROTECTED_USERNAMES?')
  expect(failed.everything).not.toContain('break-glass')
})

test.each([
  { key: 'ATLAS_BASE_URL', value: 'https://cloud.mongodb.com.example.com' },
  { key: 'ATLAS_BASE_URL', value: 'https://user:pass@cloud.mongodb.com' },
  { key: 'ATLAS_BASE_URL', value: 'http://cloud.mongodb.com' },
  { key: 'MODE', value: 'enforced' },
  { key: 'MAX_REMOVALS_PER_DAY', value: 'no limit' },
  { key: 'ORGS', value: `${ORG}=one,${ORG}=two` },
])('a wrong $key stops the init, and its value is not shown: $value', async ({ key, value }) => {
  const { env } = await deployed('departures')

  const failed = await failedInit('departures', { ...env, [key]: value })

  expect(failed.message).toMatch(new RegExp(`: ${key} (must|entry 2 of 2 repeats) [^;]*$`))
  expect(failed.everything).not.toContain(value)
})

test.each([
  { key: 'ATLAS_BASE_URL', value: 'http://cloud.mongodb.com' },
  { key: 'ON_SUSPEND', value: 'removed' },
  { key: 'SCIM_SECRET_ID', value: ' ' },
])('a wrong $key stops the init of the http function', async ({ key, value }) => {
  const { env } = await deployed('http')

  const { message } = await failedInit('http', { ...env, [key]: value })

  expect(message).toMatch(new RegExp(`"http": ${key} must [^;]*$`))
})

const REQUIRED: Readonly<Record<FunctionName, readonly string[]>> = {
  departures: [
    ...['LEDGER_TABLE', 'MODE', 'ORGS', 'AUDIT_BUS', 'SENDER_ROLES', 'HR_SECRET_ID'],
    ...['EVENTS', 'TOPIC', 'WORK'].flatMap((queue) => [
      `${queue}_QUEUE_ARN`,
      `${queue}_QUEUE_URL`,
      `${queue}_DLQ_URL`,
    ]),
  ],
  sweep: ['LEDGER_TABLE', 'AUDIT_BUS', 'WORK_QUEUE_URL', 'READ_ORGS'],
  operator: ['LEDGER_TABLE', 'AUDIT_BUS', 'WORK_QUEUE_URL', 'READ_ORGS'],
  'operator-read': ['LEDGER_TABLE', 'MODE', 'READ_ORGS'],
  roster: ['LEDGER_TABLE', 'WORK_QUEUE_URL', 'READ_ORGS', 'ROSTER_BUCKET', 'ROSTERS'],
  http: ['LEDGER_TABLE', 'WORK_QUEUE_URL', 'READ_ORGS', 'SCIM_SECRET_ID', 'HOOK_SECRET_ID'],
}

/** The function where no service answers. Its init fails before it asks one. */
async function deployed(name: FunctionName) {
  const nowhere = 'http://127.0.0.1:9'
  const queues = ['Events', 'Topic', 'Work'].flatMap((channel) => [
    [`${channel}Queue`, nowhere],
    [`${channel}Queue.Arn`, `arn:aws:sqs:us-east-1:000000000000:${channel}`],
    [`${channel}DeadLetterQueue`, nowhere],
  ])
  const roles = ['Http', 'Roster', 'Sweep', 'Operator', 'Departures'].map((name) => [
    `${name}Role.RoleId`,
    `AROA${name.toUpperCase()}`,
  ])
  const references = {
    AtlasBaseUrl: nowhere,
    Mode: 'enforce',
    LedgerTable: 'ledger',
    AuditBus: 'audit',
    ...Object.fromEntries([...queues, ...roles]),
  }
  const template = await templateFor({ ORGS: `${ORG}=owner`, READ_ORGS: `${ORG}=read` })
  return packagedFunction(template, name, { references, settings: { ROSTER_BUCKET: 'none' } })
}

async function failedInit(name: FunctionName, env: Readonly<Record<string, string>>) {
  const lambda = await startLocalFunction({ ...(await deployed(name)), env })
  const { functionError, payload, logs } = await lambda.invoke({}).finally(lambda.close)

  expect(functionError).toBe('Unhandled')
  const { errorMessage } = payload as { readonly errorMessage: string }
  return { message: errorMessage, everything: [JSON.stringify(payload), ...logs].join('\n') }
}
