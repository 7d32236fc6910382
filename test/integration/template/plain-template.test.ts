import { execFile } from 'node:child_process'
import { chmod, copyFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { checkTemplate } from '../../../infra/check/check-template.ts'
import { type Json, type Template, valueAt } from '../../../infra/check/template.ts'
import { validateTemplate } from '../../../infra/check/validate-template.ts'
import { writePlain } from '../../../infra/package.ts'
import { environmentProblems } from '../../../infra/parameter-problems.ts'
import { PLAIN_PARAMETERS } from '../../../infra/plain-parameters.ts'
import { plainTemplate } from '../../../infra/plain-template.ts'
import { STAGE, withStage } from '../../../infra/with-stage.ts'
import { deployed } from '../../support/policy-double/deployed.ts'
import { EVERYTHING, grants } from './grants.ts'
import { packagedTemplate } from './packaged-template.ts'

const run = promisify(execFile)
const ORG = '32b6e34b3d91647abb20e7b8'
const secret = (name: string) => `arn:aws:secretsmanager:us-east-1:111122223333:secret:${name}-??????`
const SAME = {
  orgs: `${ORG}=atlas/owner`,
  readOrgs: `${ORG}=atlas/read`,
  scimSecretId: 'atlas/scim',
  hookSecretId: 'atlas/hooks',
  hrSecretId: 'atlas/hr',
  logRetentionDays: 30,
  intakeConcurrency: 3,
  workConcurrency: 4,
}
const NETWORK = { subnetIds: 'subnet-0a1b2c3d,subnet-0a1c2c3d', securityGroupIds: 'sg-0a1b2c3d' }
const given = (parameters: object) => Object.entries(parameters).map(([name, value]) => `${name}=${value}`)
/** The same settings as parameters of the plain template. */
const asParameters = (parameters: object) =>
  Object.fromEntries(
    Object.entries(parameters).map(([name, value]) => [name.charAt(0).toUpperCase() + name.slice(1), value]),
  )
const ARNS = { OwnerSecretArns: secret('atlas/owner'), ReadSecretArns: secret('atlas/read') }

const plain = plainTemplate(await packagedTemplate(), 'c0de')

/** A plain template, with what a deployer gives as defaults. */
function withDefaults(parameters: Readonly<Record<string, Json>>, of: Template = plain): Template {
  const declared = Object.entries(of.Parameters as Readonly<Record<string, object>>)
  const Parameters = Object.fromEntries(
    declared.map(([name, one]) => [name, name in parameters ? { ...one, Default: parameters[name] } : one]),
  ) as Json
  return { ...of, Parameters }
}

// The validator puts a parameter's default also where a condition keeps it away.
test('the plain template passes the CloudFormation validator', { timeout: 120_000 }, () => {
  expect(validateTemplate(withDefaults(asParameters(NETWORK)))).toEqual([])
})

test('the template with a stage passes the validator, deploys the same as stage prod, and shares no name with another stage', () => {
  const staged = withStage(plain)
  const given = { ...asParameters({ ...SAME, ...NETWORK }), ...ARNS }
  const test = JSON.stringify(asDeployed(withDefaults({ ...given, Stage: 'test' }, staged)))

  expect(validateTemplate(withDefaults(asParameters(NETWORK), staged))).toEqual([])
  expect(asDeployed(withDefaults(given, staged))).toEqual(asDeployed(withDefaults(given)))
  expect(test).toContain('atlas-offboarding-test-operator')
  expect(test).not.toContain('atlas-offboarding-prod')
  for (const wrong of ['', 'Prod', 'a_b', 'a'.repeat(16)])
    expect(wrong).not.toMatch(new RegExp(STAGE.AllowedPattern))
})

test('lists of organizations that CloudFormation takes leave the environment of each function below 4 KB', () => {
  const longest = 'x'.repeat(Number(valueAt(plain.Parameters, 'Orgs.MaxLength')))
  const full = withDefaults({ Orgs: longest, ReadOrgs: longest })

  expect(environmentProblems(full)).toEqual([])
})

test('checkTemplate() finds no mistake in the plain template', () => {
  expect(checkTemplate(plain)).toEqual([])
})

test('nothing of the packager is left in the plain template, and no organization', () => {
  expect(JSON.stringify(plain)).not.toMatch(/serverless|sls-|HasOrganizations|32b6e34b/i)
  expect(Object.keys(plain.Parameters as object)).toEqual(
    expect.arrayContaining(Object.keys(PLAIN_PARAMETERS)),
  )
})

/** Every resource, condition and output as an account would have it; but not where the code lies. */
function asDeployed(template: Template) {
  const { resources, resolve } = deployed(template, EVERYTHING)
  const types = [...new Set(Object.values(template.Resources).map(({ Type }) => String(Type)))].toSorted()
  const isOurs = ({ id }: { readonly id: string }) => !id.startsWith('ServerlessDeployment')
  const all = types.flatMap((type) => resources(type).filter(isOurs))
  const outputs = Object.entries(template.Outputs as Readonly<Record<string, Json>>)
  return {
    resources: all.map(({ id, properties }) => ({ id, ...Object(properties), Code: undefined })),
    order: all.map(({ id }) => [
      id,
      template.Resources[id]?.DependsOn,
      template.Resources[id]?.DeletionPolicy,
    ]),
    outputs: outputs
      .filter(([id]) => isOurs({ id }))
      .map(([id, output]) => [id, valueAt(output, 'Condition'), resolve(valueAt(output, 'Value'))]),
  }
}

test.each([
  ['without a network', SAME],
  ['in a network', { ...SAME, ...NETWORK }],
])(
  'both templates deploy the same functions, environments, roles and everything else: %s',
  async (_, parameters) => {
    const packaged = await packagedTemplate(...given(parameters))

    const deployedPlain = asDeployed(withDefaults({ ...asParameters(parameters), ...ARNS }))

    expect(deployedPlain).toEqual(asDeployed(packaged))
  },
)

test('both templates grant the same', async () => {
  const packaged = await packagedTemplate(...given(SAME))

  expect(grants(withDefaults({ ...asParameters(SAME), ...ARNS }))).toBe(grants(packaged))
})

test.each(['Orgs', 'ReadOrgs', 'OwnerSecretArns', 'ReadSecretArns', 'AlertEndpoint'])(
  'a plain template is refused if %s can be left out',
  (name) => {
    expect(checkTemplate(withDefaults({ [name]: 'given' }))).toEqual([`${name}: can be left out`])
  },
)

test.each([
  ['Orgs', `${ORG}=atlas/owner`, true],
  ['Orgs', `${ORG}=a=b,9e0bb5c1a3d2f4e6b8a70c5d=b`, true],
  ['Orgs', 'atlas/owner', false],
  ['OwnerSecretArns', secret('atlas/owner'), true],
  ['OwnerSecretArns', secret('*'), false],
  ['OwnerSecretArns', 'atlas/owner', false],
  ['ScimSecretId', 'atlas-offboarding/scim', true],
  ['ScimSecretId', '*', false],
])('CloudFormation checks %s=%s', (name, value, isTaken) => {
  const pattern = String(valueAt(plain.Parameters, `${name}.AllowedPattern`))

  expect(new RegExp(pattern).test(value)).toBe(isTaken)
})

describe('the guide', async () => {
  const guide = await readFile('infra/README.md', 'utf8')

  test('tells every parameter that only the plain template has', () => {
    const rows = [...Object.entries(PLAIN_PARAMETERS), ['Stage', STAGE] as const].map(
      ([name, { Description }]) => `| \`${name}\` | ${Description} |`,
    )

    expect(rows.filter((row) => !guide.includes(`\n${row}`))).toEqual([])
  })

  test('shows a CDK app that synthesizes the same template', { timeout: 120_000 }, async () => {
    const folder = await mkdtemp(join(tmpdir(), 'cdk-'))
    try {
      const [, snippet = ''] = /```js\n(import .*?aws-cdk-lib[\s\S]*?)```/.exec(guide) ?? []
      const template = join(folder, 'template.json')
      await writeFile(template, JSON.stringify(withStage(plain)))
      const code = snippet.replace('dist/cloudformation/template.json', template)
      await run(process.execPath, ['--input-type=module', '-e', code], {
        env: { CDK_OUTDIR: folder, PATH: process.env.PATH },
      })

      const made: Template = JSON.parse(
        await readFile(join(folder, 'AtlasOffboarding.template.json'), 'utf8'),
      )

      expect(Object.keys(made.Resources).toSorted()).toEqual(
        expect.arrayContaining(Object.keys(plain.Resources).toSorted()),
      )
      expect(
        valueAt(made.Resources.DeparturesLambdaFunction, 'Properties.Environment.Variables.ORGS'),
      ).toContain(ORG)
    } finally {
      await rm(folder, { recursive: true })
    }
  })
})

describe('infra/deploy.sh', () => {
  let folder: string
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'deploy-'))
    await Promise.all([mkdir(join(folder, 'infra')), mkdir(join(folder, 'dist')), mkdir(join(folder, 'bin'))])
    await copyFile('infra/deploy.sh', join(folder, 'infra/deploy.sh'))
    const aws = join(folder, 'bin/aws')
    await writeFile(aws, '#!/usr/bin/env bash\nprintf "%s\\n" "aws" "$@"\n')
    await chmod(aws, 0o755)
    await made('one')
  })
  afterAll(() => rm(folder, { recursive: true }))

  async function made(content: string) {
    const names = (await readdir('functions')).map((file) => file.replace('.ts', '.zip'))
    await Promise.all(names.map((name) => writeFile(join(folder, 'dist', name), `${content} ${name}`)))
    await writePlain(join(folder, 'dist'), await packagedTemplate())
    return (await readdir(join(folder, 'dist/cloudformation/code'))).join()
  }

  async function deploy(...args: string[]) {
    const env = { ...process.env, PATH: `${join(folder, 'bin')}:${process.env.PATH}` }
    const { stdout } = await run('bash', [join(folder, 'infra/deploy.sh'), ...args], { env })
    return stdout.split('\n')
  }

  test('uploads the code and deploys with the parameters of the example', async () => {
    const said = await deploy('code-bucket', 'infra/params.example.json')

    expect(said).toEqual(expect.arrayContaining(['s3', 'sync', 's3://code-bucket/atlas-offboarding']))
    expect(said.slice(said.indexOf('--parameter-overrides') + 1, -1)).toEqual([
      'CodeBucket=code-bucket',
      'CodePrefix=atlas-offboarding/',
      ...JSON.parse(await readFile('infra/params.example.json', 'utf8')),
    ])
  })

  test('the folder of the code changes with the code, and only then', async () => {
    const [first, second, again] = [await made('one'), await made('two'), await made('one')]

    expect(again).toBe(first)
    expect(second).not.toBe(first)
    expect(first).toMatch(/^[0-9a-f]{64}$/)
  })

  test('a value with quotes arrives as it is', async () => {
    const file = join(folder, 'rosters.json')
    const rosters = 'Rosters=[{"name":"workday"}]'
    await writeFile(file, JSON.stringify([`Orgs=${ORG}=a`, `ReadOrgs=${ORG}=b`, rosters], null, 2))

    expect(await deploy('code-bucket', file)).toContain(rosters)
  })

  test('refuses lists that name different organizations, and a stack that would have the names of another stage', async () => {
    const file = join(folder, 'different.json')
    await writeFile(file, JSON.stringify([`Orgs=${ORG}=a`, 'ReadOrgs=9e0bb5c1a3d2f4e6b8a70c5d=b'], null, 2))

    await expect(deploy('code-bucket', file)).rejects.toMatchObject({
      ...{ code: 2, stdout: '', stderr: expect.stringContaining('must name the same organizations') },
    })
    await expect(
      deploy('code-bucket', 'infra/params.example.json', 'atlas-offboarding-test'),
    ).rejects.toMatchObject({
      ...{ code: 2, stdout: '', stderr: expect.stringContaining('give Stage=test in') },
    })
  })

  test('refuses a file without parameters, and uploads nothing', async () => {
    const file = join(folder, 'empty.json')
    await writeFile(file, '[]\n')

    await expect(deploy('code-bucket', file)).rejects.toMatchObject({ code: 2, stdout: '' })
  })
})

test('params.example.json names parameters of the plain template, and each that has no default', async () => {
  const names = (JSON.parse(await readFile('infra/params.example.json', 'utf8')) as string[]).map(
    (one) => one.split('=')[0],
  )
  const required = Object.entries(Object(plain.Parameters)).flatMap(([name, one]) =>
    valueAt(one as Json, 'Default') === undefined && name !== 'CodeBucket' ? [name] : [],
  )

  expect(names.filter((name) => !Object.hasOwn(Object(plain.Parameters), `${name}`))).toEqual([])
  expect(names).toEqual(expect.arrayContaining(required))
})
