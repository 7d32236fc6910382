import { describe, expect, test } from 'vitest'
import { readConfig } from '../../lib/config.ts'

const [ORG, OTHER] = ['32b6e34b3d91647abb20e7b8', '5f0000000000000000000002']
const DEPARTURES = {
  ORGS: `${ORG}=atlas/a, ${OTHER}=atlas/b=2`,
  MODE: 'enforce',
  LEDGER_TABLE: 'ledger',
  AUDIT_BUS: 'audit',
  EVENTS_QUEUE_ARN: 'arn:aws:sqs:us-east-1:111122223333:events',
  EVENTS_QUEUE_URL: 'https://sqs.example.com/events',
  EVENTS_DLQ_URL: 'https://sqs.example.com/events-dlq',
  TOPIC_QUEUE_ARN: 'arn:aws:sqs:us-east-1:111122223333:topic',
  TOPIC_QUEUE_URL: 'https://sqs.example.com/topic',
  TOPIC_DLQ_URL: 'https://sqs.example.com/topic-dlq',
  WORK_QUEUE_ARN: 'arn:aws:sqs:us-east-1:111122223333:work',
  WORK_QUEUE_URL: 'https://sqs.example.com/work',
  WORK_DLQ_URL: 'https://sqs.example.com/work-dlq',
  SENDER_ROLES:
    'http=AROAHTTP,roster=AROAROSTER,sweep=AROASWEEP,operator=AROAOPERATOR,departures=AROADEPARTURES',
  HR_SECRET_ID: 'atlas/hr',
}
const OPERATOR = {
  READ_ORGS: `${ORG}=atlas/r`,
  LEDGER_TABLE: 'ledger',
  AUDIT_BUS: 'audit',
  WORK_QUEUE_URL: 'https://sqs.example.com/work',
  EVENTS_DLQ_URL: 'https://sqs.example.com/events-dlq',
  TOPIC_DLQ_URL: 'https://sqs.example.com/topic-dlq',
  WORK_DLQ_URL: 'https://sqs.example.com/work-dlq',
}

describe('readConfig()', () => {
  test('reads what is set and fills in what is not', () => {
    expect(readConfig('departures', { ...DEPARTURES, PATH: '/bin' })).toEqual({
      ...DEPARTURES,
      ORGS: [
        { orgId: ORG, secretId: 'atlas/a' },
        { orgId: OTHER, secretId: 'atlas/b=2' },
      ],
      SENDER_ROLES: new Map([
        ['AROAHTTP', 'http'],
        ['AROAROSTER', 'roster'],
        ['AROASWEEP', 'sweep'],
        ['AROAOPERATOR', 'operator'],
        ['AROADEPARTURES', 'departures'],
      ]),
      FORWARDER_TOPICS: [],
      HOOK_SPEAKS_AS_OKTA: 'off',
      SAILPOINT_LEFT_STATES: [],
      HR_SYSTEMS: [],
      HR_RECHECK_DAYS: 7,
      ATLAS_BASE_URL: 'https://cloud.mongodb.com',
      KEEP_CLOSED_DAYS: 400,
      ORG_NAMES: {},
      PROTECTED_USERNAMES: [],
      LEFTOVERS: 'report',
      HOLD_ORG_ROLES: ['ORG_OWNER'],
      MAX_REMOVALS_PER_DAY: 10,
      MAX_REMOVALS_PERCENT: 5,
      FOUR_EYES: 'off',
      VERSION: 'unknown',
      MAX_EVENT_AGE_HOURS: 72,
      OKTA_APP_IDS: [],
      ON_SUSPEND: 'ignore',
    })
  })

  test('reads HR systems with the midnight of their dates', () => {
    const read = (HR_SYSTEMS: string) => readConfig('departures', { ...DEPARTURES, HR_SYSTEMS }).HR_SYSTEMS
    const boundaries = read('hibob=Europe/Berlin, personio,bamboohr=America/Denver:day_ends:garden_leave')

    expect(boundaries.map(({ system: _, ...source }) => source)).toEqual([
      {
        name: 'hibob',
        boundary: { timeZone: 'Europe/Berlin', accessEnds: 'day_begins' },
        isGardenLeaveLeaving: false,
      },
      {
        name: 'personio',
        boundary: { timeZone: 'UTC', accessEnds: 'day_ends' },
        isGardenLeaveLeaving: false,
      },
      {
        name: 'bamboohr',
        boundary: { timeZone: 'America/Denver', accessEnds: 'day_ends' },
        isGardenLeaveLeaving: true,
      },
    ])
  })

  test.each([
    ['workday', 'names an unknown HR system'],
    ['hibob', 'needs a time zone for hibob'],
    ['hibob=Mars/Phobos', 'needs a time zone for hibob'],
    ['bamboohr=UTC', 'needs day_begins or day_ends for bamboohr'],
    ['bamboohr=UTC:noon', 'needs day_begins or day_ends for bamboohr'],
    ['personio=UTC:day_begins:garden', 'has an unknown setting for personio'],
    ['personio=UTC:day_begins:garden_leave', 'sets garden_leave for personio, which has no such status'],
    ['personio,personio', 'names personio twice'],
  ])('refuses the HR systems %j', (HR_SYSTEMS, problem) => {
    expect(() => readConfig('departures', { ...DEPARTURES, HR_SYSTEMS })).toThrow(`HR_SYSTEMS ${problem}`)
  })

  test('holds nobody’s role where the operator says none', () => {
    expect(readConfig('departures', { ...DEPARTURES, HOLD_ORG_ROLES: '' }).HOLD_ORG_ROLES).toEqual([])
  })

  test('reads the names of organizations, and refuses what would break an alert', () => {
    const read = (ORG_NAMES: string) =>
      readConfig('operator-read', { ...OPERATOR, MODE: 'enforce', ORG_NAMES }).ORG_NAMES

    expect(read(`${ORG}=Acme Production,${OTHER}=Acme Test`)).toEqual({
      ...{ [ORG]: 'Acme Production', [OTHER]: 'Acme Test' },
    })
    expect(read('')).toEqual({})
    for (const wrong of ['Acme', `${ORG}=`, `${ORG}="Acme"`, `${ORG}=Acme,Acme`])
      expect(() => read(wrong)).toThrow(/ORG_NAMES must be <organization id>=<name>/)
  })

  test('takes 0 for 0, never for no limit', () => {
    expect(readConfig('departures', { ...DEPARTURES, MAX_REMOVALS_PER_DAY: '0' }).MAX_REMOVALS_PER_DAY).toBe(
      0,
    )
  })

  test('names every key that is missing, and no value', () => {
    const problem = () => readConfig('departures', { LEDGER_TABLE: 'secret-ledger', MODE: 'enforce' })

    expect(problem).toThrow(/WORK_DLQ_URL is missing.*ORGS is missing.*AUDIT_BUS is missing/)
    expect(problem).not.toThrow(/secret-ledger/)
  })

  test.each([
    ['MODE', 'enforced', 'MODE must be one of observe, enforce'],
    ['ON_SUSPEND', 'delete', 'ON_SUSPEND must be one of ignore, hold, remove'],
    ['MAX_REMOVALS_PER_DAY', '-1', 'MAX_REMOVALS_PER_DAY must be a whole number'],
    ['MAX_REMOVALS_PER_DAY', '1e3', 'MAX_REMOVALS_PER_DAY must be a whole number'],
    ['MAX_REMOVALS_PER_DAY', '1001', 'MAX_REMOVALS_PER_DAY must be a whole number from 0 to 1000'],
    ['KEEP_CLOSED_DAYS', '29', 'KEEP_CLOSED_DAYS must be a whole number from 30 to 100000'],
    ['MAX_EVENT_AGE_HOURS', '', 'MAX_EVENT_AGE_HOURS must be a whole number'],
    ['WORK_QUEUE_URL', ' ', 'WORK_QUEUE_URL must not be empty'],
    [
      'SENDER_ROLES',
      'http=AROAHTTP',
      'SENDER_ROLES must give a role id (AROA…) for each of http, roster, sweep',
    ],
    [
      'SENDER_ROLES',
      'http=AROAA,roster=AROAE,sweep=AROAB,operator=AROAC,departures=AIDAD',
      'SENDER_ROLES must give a role id (AROA…)',
    ],
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
    ['ORG', 'ORGS'],
    ['FORWARDER_TOPIC', 'FORWARDER_TOPICS'],
    ['SAILPOINT_LEFT_STATE', 'SAILPOINT_LEFT_STATES'],
  ])('recognizes %s as a misspelled %s', (key, meant) => {
    expect(() => readConfig('departures', { ...DEPARTURES, [key]: 'root@example.com' })).toThrow(
      `${key} is unknown: did you mean ${meant}?`,
    )
  })

  test('takes no other function’s key, and nobody else’s, for a misspelling', () => {
    const env = { ...DEPARTURES, READ_ORGS: `${ORG}=atlas/r`, AWS_REGION: 'us-east-1' }

    expect(() => readConfig('departures', { ...env })).not.toThrow(/READ_ORGS|AWS_REGION/)
  })

  test.each([
    ['', 'ORGS entry 1 of 1 does not start with an organization id'],
    ['secret-name', 'ORGS entry 1 of 1 does not start with an organization id'],
    [`${ORG}=secret-a,`, 'ORGS entry 2 of 2 does not start with an organization id'],
    [`${ORG}=secret-a,,${OTHER}=secret-b`, 'ORGS entry 2 of 3 does not start with an organization id'],
    [`${ORG.toUpperCase()}=secret-a`, 'ORGS entry 1 of 1 does not start with an organization id'],
    [`${ORG}0=secret-a`, 'ORGS entry 1 of 1 does not start with an organization id'],
    [`${ORG}`, 'ORGS entry 1 of 1 has no secret after "="'],
    [`${ORG}= ,${OTHER}=secret-b`, 'ORGS entry 1 of 2 has no secret after "="'],
    [`${ORG}=secret-a,${ORG}=secret-b`, 'ORGS entry 2 of 2 repeats the organization of entry 1'],
    [`${ORG}=secret-a,${OTHER}=secret-a`, 'ORGS entry 2 of 2 repeats the secret of entry 1'],
  ])('names the entry of ORGS=%j that is wrong, and never the secret', (orgs, problem) => {
    const read = () => readConfig('departures', { ...DEPARTURES, ORGS: orgs })

    expect(read).toThrow(problem)
    expect(read).not.toThrow(/secret-/)
  })

  test.each([
    [undefined, 'off'],
    ['on', 'on'],
  ])('reads FOUR_EYES=%j as %s', (value, expected) => {
    expect(readConfig('operator', { ...OPERATOR, FOUR_EYES: value }).FOUR_EYES).toBe(expected)
  })

  test.each([
    [undefined, 'on'],
    ['off', 'off'],
  ])('reads BREAK_GLASS=%j as %s', (value, expected) => {
    expect(readConfig('operator', { ...OPERATOR, BREAK_GLASS: value }).BREAK_GLASS).toBe(expected)
  })

  test('refuses a FOUR_EYES that it does not know: a second person must not be left out by a typo', () => {
    expect(() => readConfig('operator', { ...OPERATOR, FOUR_EYES: 'yes' })).toThrow(
      'FOUR_EYES must be one of off, on',
    )
  })
})
