import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { alarmsOf } from '../../../infra/check/alarms.ts'
import { type Json, valueAt } from '../../../infra/check/template.ts'
import { CATALOGUE } from '../../../lib/words/catalogue.ts'
import type { CatalogueRow } from '../../../lib/words/catalogue-row.ts'
import { packagedTemplate } from './packaged-template.ts'

const template = await packagedTemplate()
const [guide = '', runbook, serverless = ''] = await Promise.all(
  ['infra/README.md', 'infra/runbook.md', 'serverless.yml'].map((file) => readFile(file, 'utf8')),
)

/** The names in the first column of a page's tables. */
function rowsOf(page = ''): readonly string[] {
  const firstColumns = page.split('\n').flatMap((line) => /^\| (`.+?`(?:, `.+?`)*) \|/.exec(line)?.[1] ?? [])
  return firstColumns.flatMap((cell) => cell.split(', ').map((name) => name.slice(1, -1)))
}

test('the guide tells every parameter of the template as it is', () => {
  const rows = Object.entries(template.Parameters as Readonly<Record<string, Json>>).map(([id, json]) => {
    const allowed = valueAt(json, 'AllowedValues') as readonly Json[] | undefined
    const values = allowed ? ` (${allowed.map((value) => `\`${value}\``).join(', ')})` : ''
    const name = id.charAt(0).toLowerCase() + id.slice(1)
    return `| \`${name}\` | ${valueAt(json, 'Description')}${values} | ${defaultOf(valueAt(json, 'Default'))} |`
  })

  expect(rows.filter((row) => !guide?.split('\n').includes(row))).toEqual([])
})

function defaultOf(value: Json | undefined): string {
  if (value === undefined) return 'required'
  return value === '' ? 'none' : `\`${value}\``
}

test('the guide tells every parameter of the packager', () => {
  const parameters = [...(serverless ?? '').matchAll(/\$\{param:(\w+)/g)].map(([, name]) => name)

  expect(parameters.filter((name) => !rowsOf(guide).includes(`${name}`))).toEqual([])
})

test('params.example.yml has every parameter, none that is unknown, and the defaults of the template', async () => {
  const example = await readFile('infra/params.example.yml', 'utf8')
  const lines = [...example.matchAll(/^(?:# )?(\w+): (.*)$/gm)].map(([, name, value = '']) => [
    `${name}`,
    value.replace(/^'(.*)'$/, '$1'),
  ])
  const defaults = [...serverless.matchAll(/^ .*\$\{param:(\w+), '?(.*?)'?\}/gm)].map(([, name, value]) => [
    name,
    value,
  ])
  const fromTemplate = Object.entries(template.Parameters as Readonly<Record<string, Json>>).map(
    ([id, json]) => [id.charAt(0).toLowerCase() + id.slice(1), `${valueAt(json, 'Default') ?? ''}`],
  )
  const known = new Map([...fromTemplate, ...defaults] as [string, string][])
  const given = ['orgs', 'readOrgs', 'alertEndpoint']
  const ours = ['hasOrganizations', 'artifacts']

  expect(lines.map(([name]) => name).toSorted()).toEqual(
    [...known.keys()].filter((name) => !ours.includes(name)).toSorted(),
  )
  expect(lines.filter(([name = '', value]) => !given.includes(name) && known.get(name) !== value)).toEqual([])
})

test('the deployer may make every kind of resource that is in the template', () => {
  const [, policy = ''] = /### The deployer's policy.*?```json\n(.*?)```/s.exec(guide) ?? []
  const actions = JSON.parse(policy).Statement.flatMap(
    ({ Action }: { readonly Action: string | string[] }) => Action,
  )
  const OTHER_NAMES: Readonly<Record<string, string>> = {
    apigatewayv2: 'apigateway',
    kinesisfirehose: 'firehose',
  }
  const services = Object.values(template.Resources).map(
    ({ Type }) => `${Type}`.split('::')[1]?.toLowerCase() ?? '',
  )
  const prefixes = new Set(services.map((service) => OTHER_NAMES[service] ?? service))

  expect([...prefixes].filter((prefix) => prefix !== 'iam' && !actions.includes(`${prefix}:*`))).toEqual([])
  expect(actions).toEqual(expect.arrayContaining(['iam:CreateRole', 'iam:PassRole', 'iam:PutRolePolicy']))
  // What the guide's own commands need besides a deployment.
  const OWN = ['secretsmanager:CreateSecret', 'secretsmanager:PutResourcePolicy', 's3:GetObjectRetention']
  expect(actions).toEqual(expect.arrayContaining([...OWN, 'lambda:InvokeFunction']))
})

test('the runbook has a row for every alarm, and for no other', () => {
  const named = rowsOf(runbook).filter((name) => name.endsWith('Alarm'))

  expect(named.toSorted()).toEqual(
    alarmsOf(template)
      .map(({ id }) => id)
      .toSorted(),
  )
})

/** A row of the catalogue as the runbook shows it. */
function runbookRow(name: string, { title, meaning, check, act }: CatalogueRow): string {
  const shown = (text: string) =>
    text.replaceAll(/\{(case|org|proposal)\}/g, (_, id: string) => id.toUpperCase()).replaceAll('|', '\\|')
  const command = act === undefined ? 'none' : `\`${shown(act)}\``
  return `| \`${name}\` | ${title}. ${meaning} | ${check === undefined ? '–' : shown(check)} | ${command} |`
}

test('the runbook has the row of the catalogue for every outcome and every notice', () => {
  const rows = Object.entries(CATALOGUE).map(([name, row]) => runbookRow(name, row))

  expect(rows.filter((row) => !runbook?.split('\n').includes(row))).toEqual([])
})

test('what an alarm says to look up is in the runbook', () => {
  const named = [...JSON.stringify(template).matchAll(/Runbook: (\w+)/g)].map(([, name]) => `${name}`)

  expect(named.length).toBeGreaterThan(20)
  expect(named.filter((name) => !rowsOf(runbook).includes(name))).toEqual([])
})

test('what the guides call by name is in the template', () => {
  const NAME = /atlas-offboarding-prod[\w-]*/g
  const known = new Set(JSON.stringify(template).match(NAME))
  const called = [guide, runbook].flatMap((text) => text?.match(NAME) ?? [])

  expect([...new Set(called)].filter((name) => !known.has(name) && !name.endsWith('-'))).toEqual([])
})
