import { randomUUID } from 'node:crypto'
import {
  type AtlasEmulator,
  type EmulatorOptions,
  startAtlasEmulator,
} from '../../../infra/local/atlas/emulator.ts'
import { exampleOrg } from '../../../infra/local/atlas/example-org.ts'
import type { Member } from '../../../infra/local/atlas/member.ts'
import type { SeedOrg } from '../../../infra/local/atlas/org.ts'
import { type LocalAws, startLocalAws } from '../../../infra/local/aws/local-aws.ts'
import { senderOf } from '../../../infra/local/aws/sender-ids.ts'
import type { ServiceName } from '../../../infra/local/aws/service.ts'
import { type Callers, callerSecretsOf, newCallers } from '../../../infra/local/callers.ts'
import { type HrServer, startHrServer } from '../../../infra/local/hr/server.ts'
import { startEventSource } from '../../../infra/local/lambda/event-source.ts'
import { type LocalFunction, startLocalFunction } from '../../../infra/local/lambda/local-lambda.ts'
import { secretsOf } from '../../../infra/local/secrets.ts'
import { TABLE_SCHEMA } from '../../../lib/aws/table-schema.ts'
import { eventBridgeEnvelope, oktaDeactivation } from '../../fixtures/events.ts'
import { type PolicyGate, policyGate } from '../../support/policy-double/policy-gate.ts'
import {
  type FunctionName,
  HR,
  OKTA,
  packagedDelivery,
  packagedFunction,
  packagedPolicies,
  templateFor,
  type Values,
} from './packaged.ts'

type StackOptions = {
  readonly orgs?: readonly SeedOrg[]
  readonly atlas?: Omit<EmulatorOptions, 'orgs'>
  /** By id, over those that open the organizations; `undefined` where there is none yet. */
  readonly secrets?: Readonly<Record<string, string | undefined>>
  /** Over the template's defaults, except that the stack is in `enforce`. */
  readonly parameters?: Values
  /** Whether the queues invoke the departures function from the start; default true. */
  readonly listening?: boolean
  /** Messages per invocation; default the template's. */
  readonly batchSize?: number
  /** Of the departures function; default the template's. */
  readonly timeoutSeconds?: number
  /** Of the queues; default the template's. */
  readonly visibilityTimeoutSeconds?: number
  /** Goes before whatever else is in the functions' environment. */
  readonly env?: Values
}

type FunctionCall = {
  /** The role's id and session, as SQS shows it. */
  readonly sender: string
  readonly service: ServiceName
  readonly operation: string
  /** In ms, of `performance.now()`. */
  readonly at: number
}

/** The members by organization, whatever their status. */
type Membership = Readonly<Record<string, readonly Member[]>>

export type Stack = {
  readonly atlas: AtlasEmulator
  readonly aws: LocalAws
  readonly orgs: readonly SeedOrg[]
  /** Who was in each organization at the start. */
  readonly seeded: Membership
  readonly departures: LocalFunction
  readonly sweep: LocalFunction
  readonly roster: LocalFunction
  readonly operator: LocalFunction
  readonly operatorRead: LocalFunction
  readonly http: LocalFunction
  /** What SCIM clients and senders of hooks prove themselves by. */
  /** HR systems, which are asked if the parameter `HrSystems` names them. */
  readonly hr: HrServer
  readonly callers: Callers
  /** What the packaged policies let the functions do, and what they refused. */
  readonly policies: Pick<PolicyGate, 'allowed' | 'refused'>
  /** What the functions asked AWS for, in order of arrival. */
  readonly calls: readonly FunctionCall[]
  /** Lets the queues invoke the departures function. */
  listen(): Promise<void>
  /** Lets Okta's stream say, by the template's own rule, that somebody was deactivated just now. */
  departs(username: string): Promise<void>
  /** Lets a system of this account say something on the default bus. */
  says(
    detailType: 'User Departed' | 'User Returned',
    detail: Readonly<Record<string, unknown>>,
  ): Promise<void>
}

/** Starts the packaged system on this machine. Each function's process starts with its first invocation. */
export async function startStack(options: StackOptions = {}): Promise<Stack & AsyncDisposable> {
  const { orgs = [exampleOrg()], listening = true } = options
  const ofOrgs = secretsOf(orgs)
  const template = await templateFor(ofOrgs.settings)
  const { rules, queue, mappings } = packagedDelivery(template)
  const gate = policyGate(packagedPolicies(template))
  const calls: FunctionCall[] = []
  const parts = new AsyncDisposableStack()
  const closing = <T extends { close(): Promise<void> }>(part: T) => parts.adopt(part, (one) => one.close())

  const atlas = closing(await startAtlasEmulator({ ...options.atlas, orgs }))
  const callers = newCallers()
  const hr = closing(await startHrServer())
  const ofCallers = callerSecretsOf(callers, hr.secret)
  const secrets = Object.entries({ ...ofOrgs.secrets, ...ofCallers.secrets, ...options.secrets })
  const { visibilityTimeoutSeconds = queue.visibilityTimeoutSeconds } = options
  const aws = closing(
    await startLocalAws({
      table: { name: 'ledger', ...TABLE_SCHEMA },
      secrets: Object.fromEntries(secrets.flatMap(([id, text]) => (text === undefined ? [] : [[id, text]]))),
      rules,
      ...queue,
      visibilityTimeoutSeconds,
      mayCall(call) {
        const sender = senderOf(call.headers)
        const { service, operation } = call
        if (sender.startsWith('AROA')) calls.push({ sender, service, operation, at: performance.now() })
        return gate.mayCall(call)
      },
    }),
  )
  const surroundings = {
    settings: { ...ofCallers.settings, ROSTER_BUCKET: aws.rosters.name },
    references: { ...referencesTo(atlas, aws), ...options.parameters },
  }
  async function start(name: FunctionName, limits: Limits = {}) {
    const spec = await packagedFunction(template, name, surroundings)
    const env = { ...spec.env, ...aws.identityOf(name).env, ...options.env }
    return closing(await startLocalFunction({ ...spec, env, ...limits }))
  }

  const { timeoutSeconds } = options
  const departures = await start('departures', {
    concurrency: mappings.reduce((sum, { maximumConcurrency }) => sum + maximumConcurrency, 0),
    ...(timeoutSeconds !== undefined && { timeoutSeconds }),
  })
  const stack: Stack = {
    atlas,
    aws,
    orgs,
    seeded: membersOf(atlas),
    departures,
    sweep: await start('sweep'),
    roster: await start('roster'),
    operator: await start('operator'),
    operatorRead: await start('operator-read'),
    http: await start('http'),
    callers,
    hr,
    policies: gate,
    calls,
    async listen() {
      const { env } = aws.identityOf('departures')
      const sources = await Promise.all(
        mappings.map(({ channel, batchSize, maximumConcurrency }) =>
          startEventSource({
            env,
            queueUrl: aws.queues[channel].url,
            maximumConcurrency,
            batchSize: options.batchSize ?? batchSize,
            target: departures,
          }),
        ),
      )
      // Together: a source waits for its invocations, and one that hangs ends with the function.
      parts.defer(
        async () => void (await Promise.all([departures.close(), ...sources.map((source) => source.stop())])),
      )
    },
    departs: (username) => aws.putPartnerEvent({ ...eventOf(username), bus: OKTA }),
    says: (detailType, detail) =>
      aws.putPartnerEvent({ source: HR, 'detail-type': detailType, detail, account: DEPLOYED_IN }),
  }
  if (listening) await stack.listen()
  return Object.assign(stack, { [Symbol.asyncDispose]: () => parts.disposeAsync() })
}

type Limits = { readonly concurrency?: number; readonly timeoutSeconds?: number }

/** The account that the policy double deploys the template in. */
const DEPLOYED_IN = '111122223333'

function referencesTo(atlas: AtlasEmulator, { table, auditBus, queues, identityOf }: LocalAws): Values {
  const ofQueue = ([channel, { url, arn, dlqUrl }]: [string, LocalAws['queues']['work']]) => {
    const name = `${channel.charAt(0).toUpperCase()}${channel.slice(1)}`
    return [
      [`${name}Queue`, url],
      [`${name}Queue.Arn`, arn],
      [`${name}DeadLetterQueue`, dlqUrl],
    ]
  }
  const senders = ['Http', 'Roster', 'Sweep', 'Operator', 'Departures']
  return {
    AtlasBaseUrl: atlas.url,
    Mode: 'enforce',
    // One person of a dozen is more than the default of 5.
    MaxRemovalsPercent: '100',
    // Looked for by the test of its own: a search is a message, and a worker, more.
    Leftovers: 'off',
    LedgerTable: table,
    AuditBus: auditBus,
    ...Object.fromEntries(Object.entries(queues).flatMap(ofQueue)),
    ...Object.fromEntries(
      senders.map((name) => [`${name}Role.RoleId`, identityOf(name.toLowerCase()).roleId]),
    ),
  }
}

export function membersOf({ state }: AtlasEmulator): Membership {
  return Object.fromEntries([...state.orgs].map(([orgId, { members }]) => [orgId, [...members.all()]]))
}

/** What EventBridge delivers when Okta's stream says that somebody was deactivated just now. */
export function eventOf(username: string) {
  const detail = oktaDeactivation({ uuid: randomUUID(), username, published: new Date().toISOString() })
  return {
    ...eventBridgeEnvelope(detail, { source: OKTA, time: detail.published }),
    version: '0',
    detail,
  } as const
}
