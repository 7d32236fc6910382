import { describe, expect, test } from 'vitest'
import type { Template } from '../../../infra/check/template.ts'
import { problemsWith } from '../../../infra/parameter-problems.ts'

import { packaged, packagedTemplate } from './packaged-template.ts'

const [ORG, OTHER] = ['32b6e34b3d91647abb20e7b8', '9e0bb5c1a3d2f4e6b8a70c5d']
const ARN = 'arn:aws:secretsmanager:us-east-1:111122223333:secret:atlas/owner-a1B2c3'
const GIVEN = {
  orgs: `${ORG}=atlas/owner`,
  readOrgs: `${ORG}=atlas/read`,
  scimSecretId: 'atlas/scim',
  hookSecretId: 'atlas/hooks',
  hrSecretId: 'atlas/hr',
  subnetIds: '',
  securityGroupIds: '',
  intakeConcurrency: 2,
  workConcurrency: 2,
}
const EMPTY: Template = { Resources: {} }

describe('problemsWith()', () => {
  test.each([
    [{}],
    [{ orgs: '', readOrgs: '' }],
    [{ orgs: `${ORG}=${ARN}` }],
    [{ orgs: `${ORG}=a,${OTHER}=b`, readOrgs: `${OTHER}=d,${ORG}=c` }],
    [{ subnetIds: 'subnet-0a1b, subnet-0a1c', securityGroupIds: 'sg-0a1b' }],
    [{ workConcurrency: '40' }],
  ])('finds nothing in %o', (more) => {
    expect(problemsWith({ ...GIVEN, ...more }, EMPTY)).toEqual([])
  })

  test.each([
    [
      { orgs: 'atlas/owner' },
      /^orgs: entry 1 of 1 does not start with an organization id.*give <organization id>=<secret>/,
    ],
    [{ readOrgs: '' }, /^readOrgs: entry 1 of 1 does not start/],
    [{ orgs: '' }, /^orgs: entry 1 of 1 does not start/],
    [{ orgs: `${ORG}=a,${ORG}=b` }, /^orgs: entry 2 of 2 repeats the organization of entry 1/],
    [
      { orgs: `${ORG}=${ARN.slice(0, -7)}` },
      /^orgs: secret of entry 1 is not a whole ARN: give the one that ends in .* or the secret's name alone/,
    ],
    [
      { readOrgs: `${ORG}=arn:aws:secretsmanager:us-east-1` },
      /^readOrgs: secret of entry 1 is not a whole ARN/,
    ],
    [
      { orgs: `${ORG}=arn:aws:ssm:us-east-1:111122223333:secret:atlas-a1B2c3` },
      /^orgs: secret of entry 1 is not a whole ARN/,
    ],
    [{ orgs: `${ORG}=two words` }, /^orgs: secret of entry 1 is not the name of a secret: give/],
    [{ scimSecretId: ARN.slice(0, -7) }, /^scimSecretId is not a whole ARN/],
    [{ hookSecretId: '' }, /^hookSecretId is not the name of a secret/],
    [{ orgs: `${ORG}=a,${OTHER}=b` }, new RegExp(`^readOrgs lacks organization ${OTHER}: give both lists`)],
    [{ readOrgs: `${ORG}=a,${OTHER}=b` }, new RegExp(`^orgs lacks organization ${OTHER}: give both lists`)],
    [
      { readOrgs: `${ORG}=atlas/owner` },
      /^readOrgs: entry 1 names a secret of orgs: give one whose credential is Organization Member/,
    ],
    [
      { orgs: `${ORG}=${ARN}`, readOrgs: `${ORG}=${/:secret:(.*)-/.exec(ARN)?.[1]}` },
      /^readOrgs: entry 1 names a secret of orgs/,
    ],
    [{ scimSecretId: 'atlas/owner' }, /^scimSecretId names a secret of orgs: give one of its own/],
    [{ hrSecretId: 'x'.repeat(513) }, /^hrSecretId is not the name of a secret/],
    [{ subnetIds: 'subnet-0a1b' }, /^securityGroupIds is missing: .*sg-/],
    [{ securityGroupIds: 'sg-0a1b' }, /^subnetIds is missing/],
    [{ subnetIds: '10.0.0.0/24', securityGroupIds: 'sg-0a1b' }, /^subnetIds: "10.0.0.0\/24" is not subnet-/],
    [
      { subnetIds: 'subnet-0a1b', securityGroupIds: Array.from('abcdef', (digit) => `sg-${digit}`).join() },
      /^securityGroupIds: 6 are given, and Lambda takes 5/,
    ],
    [{ subnetIds: 'subnet-0a1b', securityGroupIds: 'default' }, /^securityGroupIds: "default" is not sg-/],
    [{ workConcurrency: 1 }, /^workConcurrency must be a whole number from 2 to 1000/],
    [{ intakeConcurrency: 'many' }, /^intakeConcurrency must be a whole number/],
  ])('says what to give instead of %o', (more, problem) => {
    expect(problemsWith({ ...GIVEN, ...more }, EMPTY)).toEqual([expect.stringMatching(problem)])
  })

  const WORKDAY = { name: 'workday', prefix: 'workday/', timeZone: 'Europe/Berlin', accessEnds: 'day_ends' }
  const withParameters = (given: Readonly<Record<string, string>>): Template => ({
    Resources: {},
    Parameters: Object.fromEntries(Object.entries(given).map(([name, Default]) => [name, { Default }])),
  })

  test('finds nothing in rosters and HR systems that the functions take', () => {
    const Rosters = JSON.stringify([
      WORKDAY,
      { ...WORKDAY, name: 'hq', prefix: 'hq/', left: ['Ausgetreten'] },
    ])
    const given = { Rosters, HrSystems: 'hibob=Europe/Berlin:day_begins, personio' }

    expect(problemsWith(GIVEN, withParameters(given))).toEqual([])
    expect(problemsWith(GIVEN, withParameters({ Rosters: '', HrSystems: '' }))).toEqual([])
  })

  test.each([
    [
      'workday',
      /^rosters must be a JSON array of rosters: expected a JSON array, such as \[\{"name":"workday",…\}\]$/,
    ],
    [
      ['workday'],
      /^rosters must be a JSON array of rosters: entry 1: expected an object with the keys name, prefix, timeZone/,
    ],
    [
      [{ ...WORKDAY, timeZone: undefined }],
      /^rosters must be a JSON array of rosters: entry 1: timeZone: expected a time zone such as Eur/,
    ],
    [
      [{ ...WORKDAY, timeZone: 'Berlin' }],
      /^rosters must be a JSON array of rosters: entry 1: timeZone: expected a time zone such as Eur/,
    ],
    [
      [{ ...WORKDAY, accessEnds: 'yes' }],
      /^rosters must be a JSON array of rosters: entry 1: accessEnds: expected day_begins or day_ends$/,
    ],
    [
      [{ ...WORKDAY, prefix: undefined }],
      /^rosters must be a JSON array of rosters: entry 1: prefix: expected the beginning of a key/,
    ],
    [
      [{ ...WORKDAY, left: 'Ex' }],
      /^rosters must be a JSON array of rosters: entry 1: left: expected an array of words$/,
    ],
    [
      [WORKDAY, { ...WORKDAY, name: 'hq', prefix: 'hq/', timezone: 'UTC' }],
      /^rosters must be a JSON array of rosters: entry 2: has an unknown key timezone; expected an object with the keys name, prefix, timeZone,/,
    ],
    [
      [{ ...WORKDAY, columns: { mail: 'Post' } }],
      /^rosters must be a JSON array of rosters: entry 1: columns: has an unknown key mail; expected an object with the keys email, id,/,
    ],
    [[WORKDAY, WORKDAY], /^rosters must be a JSON array of rosters: expected different names$/],
  ])('says what to give instead of the rosters %o', (rosters, problem) => {
    const Rosters = typeof rosters === 'string' ? rosters : JSON.stringify(rosters)

    expect(problemsWith(GIVEN, withParameters({ Rosters }))).toEqual([expect.stringMatching(problem)])
  })

  test.each([
    ['workday', /^hrSystems names an unknown HR system; expected hibob, bamboohr, personio$/],
    ['hibob', /^hrSystems needs a time zone for hibob: hibob=Europe\/Berlin$/],
    ['hibob=Europe/Berlin:midnight', /^hrSystems needs day_begins or day_ends for hibob: hibob=Europe/],
    ['personio,personio', /^hrSystems names personio twice$/],
  ])('says what to give instead of the HR systems %o', (HrSystems, problem) => {
    expect(problemsWith(GIVEN, withParameters({ HrSystems }))).toEqual([expect.stringMatching(problem)])
  })

  test.each([
    [{ MaxRemovalsPerDay: '1.5' }, /^maxRemovalsPerDay must be a whole number from 0 to 1000$/],
    [{ KeepClosedDays: '7' }, /^keepClosedDays must be a whole number from 30 to 100000$/],
    [{ MaxEventAgeHours: '1e3' }, /^maxEventAgeHours must be a whole number from 0 to 100000$/],
    [{ OnSuspend: 'Remove' }, /^onSuspend must be one of ignore, hold, remove$/],
    [{ AtlasBaseUrl: 'https://cloud.mongodb.com/api' }, /^atlasBaseUrl must be https:/],
    [{ OrgNames: `${ORG}=a,b` }, /^orgNames must be <organization id>=<name>/],
  ])('says what to give instead of the setting %o', (given, problem) => {
    expect(problemsWith(GIVEN, withParameters(given))).toEqual([expect.stringMatching(problem)])
  })

  test('never shows a secret id', () => {
    const said = problemsWith({ ...GIVEN, orgs: `${ORG}=se cret-1`, readOrgs: `${ORG}=arn:secret-2` }, EMPTY)

    expect(said).toHaveLength(2)
    expect(said.join()).not.toMatch(/cret-\d/)
  })
})

const orgs = (count: number, secret: (index: number) => string) =>
  Array.from(
    { length: count },
    (_, index) => `${index.toString(16).padStart(24, 'a')}=${secret(index)}`,
  ).join()

/** What the packager says. */
async function packagedWith(...parameters: string[]): Promise<string> {
  return await packagedTemplate(...parameters).then(
    () => 'packaged',
    ({ stdout, stderr }) => `${stdout}${stderr}`.replace(/\s+/g, ' '),
  )
}

/** Packaging is a process of its own, and there may be others on two cores. */
const PATIENCE = { timeout: 120_000 }

describe('packaging', PATIENCE, () => {
  test('refuses subnets without security groups, and says so', async () => {
    expect(await packagedWith('subnetIds=subnet-0a1b')).toContain('securityGroupIds is missing')
  })

  test('refuses rosters that the functions would not take, and takes those that they do', async () => {
    const [refused, taken] = await Promise.all([
      packagedWith('rosters=[{"name":"workday","prefix":"workday/"}]'),
      packagedWith(
        'rosters=[{"name":"hq","prefix":"hq/","timeZone":"UTC","accessEnds":"day_ends","columns":{"email":"Mail"}}]',
      ),
    ])

    expect(refused).toContain('rosters: entry 1: timeZone: expected a time zone such as Europe/Berlin')
    expect(taken).toBe('packaged')
  })

  test('refuses an environment that Lambda would not take, and says what to give', async () => {
    const whole = (kind: string) => (index: number) => `${ARN.slice(0, -7)}/${kind}/${index}-a1B2c3`
    const said = await packagedWith(`orgs=${orgs(45, whole('o'))}`, `readOrgs=${orgs(45, whole('r'))}`)

    expect(said).toMatch(
      /DeparturesLambdaFunction: environment of about \d+ bytes, and Lambda takes 4096: name secrets by short names/,
    )
  })

  test('takes 45 organizations by short names', async () => {
    const said = await packagedWith(
      `orgs=${orgs(45, (index) => `o${index}`)}`,
      `readOrgs=${orgs(45, (index) => `r${index}`)}`,
    )

    expect(said).toBe('packaged')
  })

  test('does not let a stack without organizations be deployed, and one with them needs no parameter for it', async () => {
    const [bare, given] = await Promise.all([
      packagedTemplate(),
      packagedTemplate(`orgs=${ORG}=atlas/o`, `readOrgs=${ORG}=atlas/r`),
    ])
    const parameter = ({ Parameters }: Template) => Object(Parameters).HasOrganizations

    expect(parameter(bare)).not.toHaveProperty('Default')
    expect(parameter(given)).toMatchObject({ Default: 'yes', AllowedValues: ['yes'] })
  })

  test('two packagings at once do not take each other’s files away', async () => {
    const [one, other] = await Promise.all([packaged(), packaged()])

    expect(one.length).toBe(other.length)
  })
})
