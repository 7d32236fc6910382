import { describe, expect, test } from 'vitest'
import { readConfig } from '../../lib/config.ts'

const DEPARTURES = {
  ATLAS_SECRET_IDS: 'atlas/a, atlas/b',
  MODE: 'enforce',
  LEDGER_TABLE: 'ledger',
  AUDIT_BUS: 'audit',
  QUEUE_URL: 'https://sqs.example.com/departures',
  DLQ_URL: 'https://sqs.example.com/dlq',
}

describe('readConfig()', () => {
  test('reads what is set and fills in what is not', () => {
    expect(readConfig('departures', { ...DEPARTURES, PATH: '/bin' })).toEqual({
      ...DEPARTURES,
      ATLAS_SECRET_IDS: ['atlas/a', 'atlas/b'],
      ATLAS_BASE_URL: 'https://cloud.mongodb.com',
      KEEP_CLOSED_DAYS: 400,
      PROTECTED_USERNAMES: [],
      LEFTOVERS: 'report',
      HOLD_ORG_ROLES: ['ORG_OWNER'],
      MAX_REMOVALS_PER_DAY: 10,
      MAX_REMOVALS_PERCENT: 5,
      MAX_EVENT_AGE_HOURS: 72,
      OKTA_APP_IDS: [],
      ON_SUSPEND: 'ignore',
    })
  })

  test('holds nobody’s role where the operator says none', () => {
    expect(readConfig('departures', { ...DEPARTURES, HOLD_ORG_ROLES: '' }).HOLD_ORG_ROLES).toEqual([])
  })

  test('takes 0 for 0, never for no limit', () => {
    expect(readConfig('departures', { ...DEPARTURES, MAX_REMOVALS_PER_DAY: '0' }).MAX_REMOVALS_PER_DAY).toBe(
      0,
    )
  })

  test('names every key that is missing, and no value', () => {
    const problem = () => readConfig('departures', { LEDGER_TABLE: 'secret-ledger', MODE: 'enforce' })

    expect(problem).toThrow(/ATLAS_SECRET_IDS is missing.*AUDIT_BUS is missing.*QUEUE_URL.*DLQ_URL/)
    expect(problem).not.toThrow(/secret-ledger/)
  })

  test.each([
    ['MODE', 'enforced', 'MODE must be one of observe, enforce'],
    ['ON_SUSPEND', 'delete', 'ON_SUSPEND must be one of ignore, hold, remove'],
    ['ATLAS_SECRET_IDS', ' , ', 'ATLAS_SECRET_IDS must name at least one'],
    ['MAX_REMOVALS_PER_DAY', '-1', 'MAX_REMOVALS_PER_DAY must be a whole number'],
    ['MAX_REMOVALS_PER_DAY', '1e3', 'MAX_REMOVALS_PER_DAY must be a whole number'],
    ['MAX_REMOVALS_PER_DAY', '1001', 'MAX_REMOVALS_PER_DAY must be a whole number from 0 to 1000'],
    ['KEEP_CLOSED_DAYS', '29', 'KEEP_CLOSED_DAYS must be a whole number from 30 to 100000'],
    ['MAX_EVENT_AGE_HOURS', '', 'MAX_EVENT_AGE_HOURS must be a whole number'],
    ['QUEUE_URL', ' ', 'QUEUE_URL must not be empty'],
  ])('says what is wrong with %s=%j', (key, value, problem) => {
    expect(() => readConfig('departures', { ...DEPARTURES, [key]: value })).toThrow(problem)
  })

  test.each([
    'https://cloud.mongodb.com',
    'https://cloud.mongodb.com/',
    'https://cloud.mongodbgov.com',
    'http://127.0.0.1:8080',
    'http://localhost:8080',
    'http://[::1]:8080',
  ])('lets %s be the base URL', (url) => {
    expect(readConfig('departures', { ...DEPARTURES, ATLAS_BASE_URL: url }).ATLAS_BASE_URL).toBe(url)
  })

  test.each([
    'http://cloud.mongodb.com',
    'https://cloud.mongodb.com.example.org',
    'https://cloud.mongodb.com@example.org',
    'https://user:password@cloud.mongodb.com',
    'https://cloud.mongodb.com/api',
    'https://cloud.mongodb.com:8443',
    'http://127.0.0.1.example.org',
    'http://127.0.0.2',
    'https://example.org',
    'cloud.mongodb.com',
    '',
  ])('lets %j not be the base URL, and does not show it', (url) => {
    const problem = () => readConfig('departures', { ...DEPARTURES, ATLAS_BASE_URL: url })

    expect(problem).toThrow('ATLAS_BASE_URL must be https://cloud.mongodb.com')
    expect(problem).not.toThrow(/example\.org|password/)
  })

  test.each([
    ['PROTECTED_USERNAME', 'PROTECTED_USERNAMES'],
    ['PROTECTED_USERNAMESS', 'PROTECTED_USERNAMES'],
    ['PROTECTED_USERNAEMS', 'PROTECTED_USERNAMES'],
    ['HOLD_ORG_ROLE', 'HOLD_ORG_ROLES'],
    ['ON_SUSPENT', 'ON_SUSPEND'],
  ])('recognises %s as a misspelled %s', (key, meant) => {
    expect(() => readConfig('departures', { ...DEPARTURES, [key]: 'root@example.com' })).toThrow(
      `${key} is unknown: did you mean ${meant}?`,
    )
  })

  test('takes no other function’s key, and nobody else’s, for a misspelling', () => {
    const env = { ...DEPARTURES, ATLAS_READ_SECRET_IDS: 'atlas/r', AWS_REGION: 'us-east-1' }

    expect(() => readConfig('departures', { ...env })).not.toThrow(/ATLAS_READ_SECRET_IDS|AWS_REGION/)
  })
})
