import { httpApiEvent } from '../../../infra/local/http-event.ts'
import { receive } from '../../../lib/core/receive.ts'
import { interpretHookSecret } from '../../../lib/doors/hooks/hook-keys.ts'
import { type HttpDeps, serve } from '../../../lib/doors/serve.ts'
import type { HrCredentials } from '../../../lib/senders/hr/credentials.ts'
import { wireHr } from '../../../lib/senders/hr/hr.ts'
import { sourcesIn } from '../../../lib/senders/hr/sources.ts'
import type { HrTransport } from '../../../lib/senders/hr/transport.ts'
import { readWork } from '../../../lib/senders/read-work.ts'
import type { Case } from '../../../lib/words/case.ts'
import type { Task } from '../../../lib/words/task.ts'
import { encodeWork as encodeMessage } from '../../support/work-message.ts'
import { rig } from '../../unit/core/rig.ts'
import { fixed } from '../http/desk.ts'

const MINUTE = 60_000
const INTAKE = { onSuspend: 'ignore', oktaAppIds: [] } as const

type Options = {
  readonly now: Date
  /** As in `HR_SYSTEMS`. */
  readonly systems: string
  readonly credentials: HrCredentials
  /** Secrets of the webhooks, by system. */
  readonly secrets: Readonly<Record<string, string>>
  readonly transport: HrTransport
}

/** The http function and the departures function with the work queue between them, an Atlas in memory, and HR as a test scripts it. */
export function openHrDesk({ now, systems, credentials, secrets, transport }: Options) {
  const it = rig({ people: [] })
  it.now = now
  const verifier = { current: async () => credentials, renewed: async () => credentials }
  const hr = wireHr({
    ...{ ...it.deps, systems: sourcesIn(systems), recheckDays: 7 },
    ...{ credentials: verifier, transport },
  })
  const deps = { ...it.deps, hr: hr.port, refer: hr.refer, attempts: { reference: hr.again } }
  const bodies: string[] = []
  const { clock, journal } = deps
  const keys = fixed(interpretHookSecret(JSON.stringify({ hr: secrets })))
  const queue = {
    async send(messages: readonly { readonly message: Parameters<typeof encodeMessage>[0] }[]) {
      bodies.push(...messages.map(({ message }) => encodeMessage(message)))
    },
  }
  const hooks = { keys, queue, intake: INTAKE, clock, journal }
  const deadline = () => new Date(it.now.getTime() + MINUTE)

  async function read(sent: readonly string[], sender: 'http' | 'departures' | 'sweep') {
    const deliveries = sent.map((body, at) => {
      const reading = readWork(body, sender, INTAKE)
      return { id: `m-${at}`, body, channel: 'work' as const, reading }
    })
    return await receive(deps, deliveries, deadline())
  }

  return {
    ...{ rig: it, bodies },
    /** Posts a webhook. @returns the status that its sender sees */
    async post(system: string, body: string, headers: Readonly<Record<string, string>>): Promise<number> {
      const incoming = { method: 'POST', url: `/hooks/hr/${system}`, headers, body: Buffer.from(body) }
      const event = httpApiEvent(incoming, 'api.example.com')
      if (!event) throw new Error('no route takes it')
      const { statusCode = 0 } = await serve({ hooks, journal } as unknown as HttpDeps, event, deadline())
      return statusCode
    },
    /** Lets workers do what is on the queue, and what is due by now, until nothing is. */
    async work(): Promise<void> {
      await read(bodies.splice(0), 'http')
      for (let round = 0; round < 20; round += 1) {
        const sent = it.sent.splice(0).filter(({ delayMs = 0 }) => delayMs === 0)
        if (sent.length === 0) return
        await read(
          sent.map(({ message }) => encodeMessage(message)),
          'departures',
        )
      }
    },
    /** Lets time pass, and workers take up what is due then. */
    async pass(ms: number): Promise<void> {
      it.now = new Date(it.now.getTime() + ms)
      for (const kind of ['reference', 'case'] as const)
        for await (const page of it.own.due(kind, it.now))
          await read(
            page.map(({ id }) => encodeMessage({ kind: 'task', task: kind, id })),
            'sweep',
          )
      await this.work()
    },
    async recheck(id: string): Promise<void> {
      await read([encodeMessage({ kind: 'task', task: 'reference', id })], 'sweep')
      await this.work()
      await this.pass(1)
    },
    async open(kind: Task['kind']): Promise<readonly Task[]> {
      return (await Array.fromAsync(it.own.open(kind))).flat()
    },
    /** Every case there is, open or closed. */
    async cases(): Promise<readonly Case[]> {
      const keys = it.table.items().filter(({ pk }) => pk.startsWith('case#'))
      return await Promise.all(keys.map(({ pk }) => it.read(pk.slice('case#'.length))))
    },
  }
}
