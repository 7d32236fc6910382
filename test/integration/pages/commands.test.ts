import { execFile } from 'node:child_process'
import { access, glob, mkdtemp, readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import * as cloudformation from '@aws-sdk/client-cloudformation'
import * as dynamodb from '@aws-sdk/client-dynamodb'
import * as events from '@aws-sdk/client-eventbridge'
import * as lambda from '@aws-sdk/client-lambda'
import * as s3api from '@aws-sdk/client-s3'
import * as secretsmanager from '@aws-sdk/client-secrets-manager'
import * as sqs from '@aws-sdk/client-sqs'
import { Webhook } from 'standardwebhooks'
import { describe, expect, test } from 'vitest'
import { readArguments } from '../../../infra/local/arguments.ts'
import { readSettings } from '../../../infra/local/settings.ts'
import { interpretSecret } from '../../../lib/atlas/interpret-secret.ts'
import { interpretHookSecret } from '../../../lib/doors/hooks/hook-keys.ts'
import { interpretScimSecret } from '../../../lib/doors/scim/tokens.ts'
import { idOf } from '../../../lib/doors/scim/user.ts'
import { fromCanonical } from '../../../lib/senders/canonical/canonical.ts'
import { problemWith, problemWithRequest, targetOf } from './command-line.ts'
import { blocksOf, commandsOf, type Page, proseOf, readPages, spansIn, wordsOf } from './page.ts'

const pages = await readPages()
/** Pages that show no command, but secrets. */
const doors = await Promise.all(
  ['lib/doors/hooks/README.md', 'lib/doors/scim/README.md'].map(async (file) => ({
    file,
    text: await readFile(file, 'utf8'),
  })),
)
const { scripts } = JSON.parse(await readFile('package.json', 'utf8'))
/** npm's own. */
const NPM = ['ci', 'cit', 'install', 'start', 'test', 'pack']
const AWS: Readonly<Record<string, object>> = {
  ...{ cloudformation, dynamodb, events, lambda, s3api, secretsmanager, sqs },
}
/** What no SDK here knows: the AWS CLI's own words, and services that we have no use for. @see https://docs.aws.amazon.com/cli/latest/reference/ */
const OF_THE_CLI: Readonly<Record<string, readonly string[]>> = {
  cloudformation: ['deploy', 'package'],
  cloudtrail: ['lookup-events', 'put-event-selectors'],
  firehose: ['describe-delivery-stream'],
  logs: ['describe-resource-policies', 'tail'],
  s3: ['cp', 'ls', 'mb', 'mv', 'rb', 'rm', 'sync'],
  sns: ['publish'],
  sts: ['get-caller-identity'],
}

/** Says what is wrong with a command of a page; nothing if all is well. */
async function problemOf(command: string): Promise<string | undefined> {
  const [, assigned] = /^\w+=\$\((.*)\)$/.exec(command) ?? []
  if (/^(export )?\w+=/.test(command)) return assigned ? await problemOf(assigned) : undefined
  const [, inLoop] = /^for \w+ in \$\((.*)\)$/.exec(command) ?? []
  if (inLoop !== undefined) return await problemOf(inLoop)
  if (/^do .*; done$/.test(command)) return await problemOf(command.slice('do '.length, -'; done'.length))
  if (/^\(umask 077; printf .* > scim-secret\.json\)$|^rm scim-secret\.json$/.test(command)) return undefined
  const [program, name = '', ...rest] = wordsOf(command)
  switch (program) {
    case 'atlas-offboarding':
      return await problemWith([name, ...rest])
    case 'npx':
      return await problemWithBinary(name)
    case 'npm':
      return problemWithNpm(name, rest)
    case 'aws':
      return problemWithAws(name, rest[0], command)
    case 'cp':
    case 'infra/deploy.sh':
      return await access(program === 'cp' ? name : program).then(
        () => undefined,
        () => 'no such file',
      )
    // What a token is made of and shown with is run below, and so are the file that it is in for a moment, and the signed hook.
    case 'openssl':
    case 'echo':
    case 'printf':
    case 'curl':
      return undefined
    default:
      return 'nobody checks this command'
  }
}

async function problemWithBinary(name: string) {
  return await access(`node_modules/.bin/${name}`).then(
    () => undefined,
    () => `no package brings ${name}`,
  )
}

function problemWithNpm(name: string, [script = '', ...rest]: readonly string[]) {
  if (name === 'start') return script === '--' ? problemWithStory(rest) : undefined
  if (name !== 'run') return NPM.includes(name) ? undefined : `npm does not know ${name}`
  if (!Object.hasOwn(scripts, script)) return `no script ${script}`
  const settings = readSettings(script === 'local' ? rest.slice(1) : [])
  return typeof settings === 'string' ? settings : undefined
}

function problemWithStory(args: readonly string[]) {
  const request = readArguments(args)
  return request.kind === 'wrong' ? request.problem : undefined
}

async function problemWithAws(service: string, operation = '', command: string) {
  if (OF_THE_CLI[service]?.includes(operation)) return undefined
  const sdk = AWS[service] ?? {}
  const name = `${operation}-command`.replace(/(?:^|-)(\w)/g, (_, letter) => letter.toUpperCase())
  if (!Object.hasOwn(sdk, name)) return `${service} does not know ${operation}`
  const [, payload] = /--payload '(.*?)'/.exec(command) ?? []
  const [, called = ''] = /--function-name atlas-offboarding-prod-(\S+)/.exec(command) ?? []
  // The sweep reads its own words.
  return payload && called !== 'sweep' ? await problemWithPayload(called, JSON.parse(payload)) : undefined
}

async function problemWithPayload(called: string, request: { readonly action?: unknown }) {
  const target = targetOf(request.action)
  return called === target ? await problemWithRequest(target, request) : `not a request of ${called}`
}

const COMMANDS = pages.flatMap((page) => commandsOf(page).map((command) => [page.file, command] as const))

test.each(COMMANDS)('%s: this can be typed: %s', async (_, command) => {
  expect(await problemOf(command)).toBeUndefined()
})

test('commands are found in every page, and a wrong one would be noticed', async () => {
  for (const { file } of pages) expect(COMMANDS.some(([name]) => name === file)).toBe(true)
  for (const wrong of [
    'atlas-offboarding release CASE',
    'atlas-offboarding cases --kind observed',
    'atlas-offboarding pause --org ORGANIZATION --because WHY',
    'atlas-offboarding pasue --because WHY',
    'npx atlas-offboarding status',
    'npx severless deploy',
    'npm run pakcage',
    'npm run local -- MODUS=observe',
    'npm start -- delete grace@example.com',
    'cp infra/params.sample.yml params.yml',
    'aws sqs start-message-moving-task --source-arn X',
    'aws cloudformation deplyo --stack-name X',
    'aws s3 synk a s3://b',
    'aws s3api get-object-retentions --bucket X',
    'aws sns create-topics --name X',
    'aws glacier list-vaults',
    `aws lambda invoke --function-name atlas-offboarding-prod-operator-read --payload '{"action":"pause"}'`,
    'rm -rf dist',
  ])
    expect(await problemOf(wrong), wrong).toBeDefined()
})

test('it takes at most eight lines from a clone to the first observed departure, the region first', () => {
  const guide = pages.find(({ file }) => file === 'infra/README.md')
  const [block] = guide ? blocksOf(guide) : []

  expect(block?.lines.length).toBeLessThanOrEqual(8)
  expect(block?.lines[0]).toMatch(/^export AWS_REGION=/)
  expect(block?.lines.at(-1)).toMatch(/^atlas-offboarding remove /)
})

test.each(pages)('$file: every parameter given is one of the guide', async (page) => {
  const guide = pages.find(({ file }) => file === 'infra/README.md')?.text ?? ''
  const given = [...page.text.matchAll(/--param ([a-z]\w*)=/g)].map(([, name = '']) => name)

  expect(given.filter((name) => !guide.includes(`\n| \`${name}\` |`))).toEqual([])
})

describe('paths', async () => {
  const folders = ['.ci', 'functions', 'infra', 'lib', 'test']
  const isPath = (span: string) => folders.includes(span.split('/')[0] ?? '') && /^[\w./*-]+$/.test(span)
  const roots = /^(?!params\.yml$)[\w-]+\.(yml|md)$/

  test.each(pages)('$file: every file and folder named exists', async (page) => {
    const named = [...new Set(spansIn(proseOf(page)))].filter((span) => isPath(span) || roots.test(span))

    for (const path of named) expect(await found(path), path).toBeGreaterThan(0)
  })
})

async function found(pattern: string): Promise<number> {
  return (await Array.fromAsync(glob(pattern.replace(/\/$/, '')))).length
}

describe('what is sent or stored as JSON has a shape that the functions take', () => {
  const spans = [...pages, ...doors].flatMap((page) => spansIn(proseOf(page)))
  const blocks = doors.flatMap(blocksOf).filter(({ language }) => language === 'json')
  const json = [
    ...spans.filter((span) => /^\{ ?".*": /.test(span)),
    ...blocks.map(({ lines }) => lines.join('')),
  ]
  const RANDOM = 'MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'
  /** Fills in what the page leaves to the reader. */
  const filled = (text: string) => text.replace(/"(whsec_)?(…|new|old|<[^"]*>)"/g, `"$1${RANDOM}"`)
  const having = (keys: RegExp) => json.filter((text) => keys.test(text))

  test('secrets', () => {
    const scim = having(/^\{ ?"tokens"/).map((text) => interpretScimSecret(filled(text)))
    const hooks = having(/^\{ *"(okta|standard)"/).map((text) => interpretHookSecret(filled(text)))
    const atlas = having(/"clientId"/)
      .filter((text) => text.includes('…'))
      .map((text) => interpretSecret({ SecretString: withOrg(filled(text)) }, ORG))

    expect([scim.length, hooks.length, atlas.length].every((length) => length > 0)).toBe(true)
    expect([...scim, ...hooks].map((read) => read?.refused)).toEqual([...scim, ...hooks].map(() => []))
    expect(atlas).toEqual(atlas.map(() => expect.objectContaining({ kind: 'read' })))
  })

  const ORG = '32b6e34b3d91647abb20e7b8'
  const withOrg = (text: string) => text.replace(/("orgId": )"[^"]+"/, `$1"${ORG}"`)

  test('a departure signed as README.md shows it is let in', async () => {
    const readme = pages.find(({ file }) => file === 'README.md') as Page
    const [block] = blocksOf(readme).filter(({ lines }) => lines.some((line) => line.startsWith('curl ')))
    const curl = `curl() { printf '%s\\n' "$@"; }`
    const script = [curl, ...(block?.lines ?? [])].join('\n')
    const KEY = Buffer.from(RANDOM, 'base64').toString('hex')
    const { stdout } = await promisify(execFile)('sh', ['-c', script], { env: { ...process.env, KEY } })
    const headers = Object.fromEntries(
      [...stdout.matchAll(/^(webhook-\w+): (.*)$/gm)].map(([, ...pair]) => pair),
    )
    const body = stdout.trimEnd().split('\n').at(-1) ?? ''

    expect(new Webhook(`whsec_${RANDOM}`).verify(body, headers)).toMatchObject({
      username: 'grace@example.com',
    })
  })

  test('the deactivation that the SCIM page shows names the person by their id', async () => {
    const [page] = doors.filter(({ file }) => file.includes('scim'))
    const [block] = page ? blocksOf(page) : []
    const script = [`curl() { printf '%s\\n' "$@"; }`, ...(block?.lines ?? [])].join('\n')
    const env = { ...process.env, URL: 'https://example.com/scim/v2', TOKEN: RANDOM }
    const { stdout } = await promisify(execFile)('sh', ['-c', script], { env })

    expect(stdout).toContain(`https://example.com/scim/v2/Users/${idOf('grace@example.com')}\n`)
    expect(JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '')).toEqual({
      Operations: [{ op: 'replace', path: 'active', value: false }],
    })
  })

  test.each(['infra/okta.md', 'infra/entra.md'])(
    'the secret that %s makes, and the token it shows',
    async (name) => {
      const page = pages.find(({ file }) => file === name) as Page
      const [block] = blocksOf(page).filter(({ language }) => language === 'sh')
      // Shows the file that the AWS CLI would read.
      const aws = 'aws() { for last; do :; done; cat "$(echo "$last" | cut -c8-)"; echo; }'
      const script = [aws, ...(block?.lines ?? []), 'ls'].join('\n')
      const cwd = await mkdtemp(join(tmpdir(), 'guide-'))
      const { stdout } = await promisify(execFile)('sh', ['-c', script], { cwd })

      const [secret = '', token = '', ...left] = stdout.trimEnd().split('\n')
      expect(token).toMatch(/^[\w-]{43}$/)
      expect(Object.values(JSON.parse(secret).tokens)).toEqual([[token]])
      expect(interpretScimSecret(secret)).toMatchObject({ refused: [] })
      expect(left).toEqual([])
    },
  )

  test('departures', () => {
    const blocks = pages.flatMap(blocksOf).filter(({ language }) => language === 'json')
    const departures = blocks.map(({ lines }) => JSON.parse(lines.join('\n'))).filter((one) => one.username)

    expect(departures).toHaveLength(1)
    const [departure] = departures
    const at = new Date('2026-11-30T17:00:00Z')
    expect(fromCanonical(departure, 'hook/workday', { id: 'e-1', at }, at)).toMatchObject({
      kind: 'people',
      departures: [{ ...departure, effectiveAt: new Date(departure.effectiveAt) }],
    })
  })
})

test('the command is installed from the packed file: npm takes `a/b` for a repository of GitHub', () => {
  expect(scripts['install:cli']).toMatch(/npm install --global "\.\/dist\//)
})
