import { expect, test } from 'vitest'
import { startLocalFunction } from '../../../infra/local/lambda/local-lambda.ts'
import { type FunctionName, packagedFunction } from './packaged.ts'

const NAMES = ['departures', 'sweep', 'operator', 'operator-read', 'http'] as const

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
  { key: 'ATLAS_SECRET_IDS', value: ' , ,' },
])('a wrong $key stops the init, and its value is not shown: $value', async ({ key, value }) => {
  const { env } = await deployed('departures')

  const failed = await failedInit('departures', { ...env, [key]: value })

  expect(failed.message).toMatch(new RegExp(`: ${key} must [^;]*$`))
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
  departures: ['LEDGER_TABLE', 'MODE', 'ATLAS_SECRET_IDS', 'AUDIT_BUS', 'QUEUE_URL', 'DLQ_URL'],
  sweep: ['LEDGER_TABLE', 'AUDIT_BUS', 'QUEUE_URL'],
  operator: ['LEDGER_TABLE', 'AUDIT_BUS', 'QUEUE_URL', 'ATLAS_READ_SECRET_IDS'],
  'operator-read': ['LEDGER_TABLE', 'ATLAS_READ_SECRET_IDS'],
  http: ['LEDGER_TABLE', 'QUEUE_URL', 'ATLAS_READ_SECRET_IDS', 'SCIM_SECRET_ID', 'HOOK_SECRET_ID'],
}

/** The function in surroundings where nothing answers: it never gets so far as to ask. */
function deployed(name: FunctionName) {
  const nowhere = 'http://127.0.0.1:9'
  const references = {
    AtlasBaseUrl: nowhere,
    Mode: 'enforce',
    LedgerTable: 'ledger',
    AuditBus: 'audit',
    DeparturesQueue: nowhere,
    DeadLetterQueue: nowhere,
  }
  return packagedFunction(name, { references, settings: {} })
}

async function failedInit(name: FunctionName, env: Readonly<Record<string, string>>) {
  const lambda = await startLocalFunction({ ...(await deployed(name)), env })
  const { functionError, payload, logs } = await lambda.invoke({}).finally(lambda.close)

  expect(functionError).toBe('Unhandled')
  const { errorMessage } = payload as { readonly errorMessage: string }
  return { message: errorMessage, everything: [JSON.stringify(payload), ...logs].join('\n') }
}
