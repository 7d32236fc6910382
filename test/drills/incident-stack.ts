import { PutSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import { expect, vi } from 'vitest'
import { exampleOrg } from '../../infra/local/atlas/example-org.ts'
import { freshBundles } from '../../infra/local/bundles.ts'
import { onDesk } from '../../infra/local/desk.ts'
import { startLocalStack } from '../../infra/local/stack.ts'
import type { CaseRow } from '../../lib/evidence/rows.ts'
import { wordsOf } from '../integration/pages/page.ts'
import { ORG } from '../support/cases.ts'
import { incidentSays } from './runbook.ts'

export type IncidentStack = Awaited<ReturnType<typeof startIncidentStack>>
/** Where the situation of an incident is one of its own. */
type Incident = {
  /** Which cases are the attacker's. */
  readonly isWrong: (row: CaseRow) => boolean
  /** What `aws … --secret-string file://` stores. */
  readonly secret?: object
  /** What happens once it is paused. */
  readonly paused?: () => Promise<void>
  /** What is done where nothing is typed: in IAM, in Atlas, at the sender. It comes after the pause, if there is one. */
  readonly elsewhere?: () => Promise<void> | void
}

const [ACCOUNT] = exampleOrg().serviceAccounts
export const [LEAKED] = exampleOrg().apiKeys
const SECONDS_20 = { timeout: 20_000, interval: 100 }

/** The local stack, an attacker's ways into it, and on call before it with the runbook. */
export async function startIncidentStack() {
  /** Access keys that IAM lets do nothing any more. */
  const disabled = new Set<string>()
  /** How far Atlas's clock is behind: an event is judged once it is ten minutes old, and explained by a case of 15 minutes around it. */
  const atlas = { behindMs: 12 * 60_000 }
  const stack = await startLocalStack({
    code: await freshBundles(),
    sweepTicker: () => () => undefined,
    emulator: {
      now: () => new Date(Date.now() - atlas.behindMs),
      quirks: { removalsNameActor: true },
    },
    aws: {
      // Atlas names who removed somebody by the public key alone.
      secrets: { 'atlas-offboarding/owner': JSON.stringify({ ...LEAKED, orgId: ORG }) },
      mayCall: ({ headers }) =>
        !disabled.has(/Credential=([^/]+)/.exec(headers.authorization ?? '')?.[1] ?? ''),
    },
  })
  const { aws, emulator } = stack

  async function run(line: string) {
    const [out, err]: [string[], string[]] = [[], []]
    const status = await onDesk(stack, wordsOf(line).slice(1), {
      print: (text) => void out.push(text),
      show: (text) => void err.push(text),
      ask: async () => 'y',
      async *readBytes() {
        yield Buffer.from('leaver@example.com\n')
      },
    })
    return { status, out: out.join('\n'), err: err.join('\n') }
  }

  async function cases(): Promise<readonly CaseRow[]> {
    const { out } = await run('atlas-offboarding cases --since 7d --json')
    return JSON.parse(out).cases
  }

  /** An owner of the organization, with a credential of their own. */
  /** One for all requests: Atlas gives ten a minute to everybody together. */
  let token: Promise<string> | undefined

  async function ownerToken(): Promise<string> {
    const { clientId, clientSecret } = ACCOUNT
    const answer = await fetch(`${emulator.url}/api/oauth/token`, {
      method: 'POST',
      headers: { authorization: `Basic ${btoa(`${clientId}:${clientSecret}`)}` },
      body: new URLSearchParams({ grant_type: 'client_credentials' }),
    })
    return ((await answer.json()) as { access_token: string }).access_token
  }

  async function invites(path: string, person: object): Promise<void> {
    const type = 'application/vnd.atlas.2025-02-19+json'
    token ??= ownerToken()
    const headers = {
      authorization: `Bearer ${await token}`,
      accept: type,
      'content-type': type,
    }
    const { status } = await fetch(`${emulator.url}${path}`, {
      method: 'POST',
      headers,
      body: JSON.stringify(person),
    })
    expect(status).toBeLessThan(300)
  }

  async function putSecret(id: string, secret: object): Promise<void> {
    const { AWS_ENDPOINT_URL_SECRETS_MANAGER: endpoint = '', AWS_REGION: region = '' } = aws.env
    const client = new SecretsManagerClient({
      endpoint,
      region,
      credentials: { accessKeyId: 'admin', secretAccessKey: 'x' },
    })
    await client.send(new PutSecretValueCommand({ SecretId: id, SecretString: JSON.stringify(secret) }))
    client.destroy()
    // Each worker reads it within five minutes; here all of them are new ones.
    stack.functions.http.kill()
    stack.functions.departures.kill()
  }

  /** Types one command of the runbook about each case that it means. @returns what was to be read of each */
  async function type(command: string, { isWrong, secret = {} }: Incident): Promise<readonly string[]> {
    const [, id] = /^aws secretsmanager put-secret-value --secret-id (\S+)/.exec(command) ?? []
    if (id) await putSecret(id, secret)
    if (command.startsWith('aws ')) return ['']
    const wrong = (await cases()).filter(isWrong)
    const meant = command.includes(' cancel ')
      ? wrong.filter(({ closedAt }) => !closedAt)
      : command.includes(' restore ')
        ? wrong.filter(({ outcome }) => outcome?.kind === 'removed')
        : wrong
    const lines = command.includes('CASE') ? meant.map((row) => command.replace('CASE', row.case)) : [command]
    const shown: string[] = []
    for (const line of lines) {
      const filled = line.replace('WHY', 'SEC-1').replace('ORG', ORG)
      const { status, out, err } = await run(filled)
      expect.soft(status, `${filled}: ${out} ${err}`).toBeLessThan(2)
      // An owner sends the request that it shows.
      const { request } = command.includes(' restore ') ? JSON.parse((await run(`${filled} --json`)).out) : {}
      if (request) await invites(request.path, request.body)
      shown.push(out)
    }
    return shown
  }

  return {
    ...stack,
    disabled,
    atlas,
    run,
    cases,
    invites,
    putSecret,
    /** Steers the Atlas of this machine, as somebody does in Atlas's own pages. */
    emulates: (path: string, body: object) =>
      fetch(`${emulator.url}/__emulator/${path}`, { method: 'POST', body: JSON.stringify(body) }),
    memberNamed(name: string) {
      const member = emulator.state
        .org(ORG)
        .members.all()
        .find(({ username }) => username === name)
      if (!member) throw new Error(`Cannot find "${name}"`)
      return member
    },
    hourly: () => stack.functions.sweep.invoke({ job: 'hour' }),
    /** Types commands of the runbook. @returns what was to be read */
    async types(commands: readonly string[], incident: Incident): Promise<string> {
      const shown: string[] = []
      for (const command of commands) shown.push(...(await type(command, incident)))
      return shown.join('\n')
    },
    /** Who is in the organization, or invited. */
    people: () =>
      emulator.state
        .org(ORG)
        .members.all()
        .map(({ username }) => username)
        .toSorted(),
    alerts: () =>
      aws.events.map(
        ({ detail }) =>
          detail as {
            message: string
            time: number
            actor?: { user: { name: string } }
            unmapped: { notice?: string }
          },
      ),
    /** Types what the runbook says to end an incident, in its order. @returns how often each command was typed */
    async follows(name: string, incident: Incident): Promise<Readonly<Record<string, number>>> {
      const typed: Record<string, number> = {}
      let { elsewhere } = incident
      for (const command of incidentSays(name).ends) {
        const isPause = command.includes(' pause ')
        if (!isPause) await elsewhere?.()
        if (!isPause) elsewhere = undefined
        const words = command.split(' ')
        typed[words[words[0] === 'aws' ? 2 : 1] ?? ''] = (await type(command, incident)).length
        if (isPause) await incident.paused?.()
      }
      return typed
    },
    /** Waits for a source's case of a person to have an outcome. */
    settled: (source: string, username: string, kind: string) =>
      vi.waitFor(async () => {
        const isIt = (row: CaseRow) => row.source === source && row.username.toLowerCase() === username
        const rows = (await cases()).filter(isIt)
        const row = rows.find(({ outcome }) => outcome?.kind === kind)
        if (!row) throw new Error(`No case of ${source} of ${username} is ${kind}`)
        return row
      }, SECONDS_20),
  }
}
