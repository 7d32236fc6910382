import { createServer } from 'node:http'
import { text } from 'node:stream/consumers'
import { type Listener, listenOnLoopback } from '../loopback.ts'
import { BAMBOOHR_KEY, bambooHr } from './bamboohr.ts'
import { HIBOB_USER, hiBob } from './hibob.ts'
import type { HrCall, HrPeople, HrReply } from './people.ts'
import { PERSONIO_CLIENT, personio } from './personio.ts'

/** The HR systems on this machine, behind one address: their paths differ. */
export type HrServer = Listener & {
  /** The people of each system, to be changed as HR changes them. */
  readonly people: { readonly hibob: HrPeople; readonly bamboohr: HrPeople; readonly personio: HrPeople }
  /** The HR secret, as Secrets Manager holds it. */
  readonly secret: string
}

/** Starts doubles of all HR systems on loopback. */
export async function startHrServer(): Promise<HrServer> {
  const people = { hibob: new Map(), bamboohr: new Map(), personio: new Map() }
  const [bob, bamboo, persons] = [hiBob(people.hibob), bambooHr(people.bamboohr), personio(people.personio)]
  const answer = (call: HrCall): HrReply => {
    if (call.path.startsWith('/v1/')) return bob(call)
    return call.path.startsWith('/v2/') ? persons(call) : bamboo(call)
  }
  const server = createServer(async (request, response) => {
    const { method = 'GET', url: path = '/', headers } = request
    const { authorization } = headers
    const reply = answer({ method, path, headers: { authorization }, body: await text(request) })
    response.writeHead(reply.status, reply.headers)
    response.end(reply.body === undefined ? undefined : JSON.stringify(reply.body))
  })
  const listener = await listenOnLoopback(server)
  const origin = listener.url
  const secret = JSON.stringify({
    hibob: { ...HIBOB_USER, origin },
    bamboohr: { ...BAMBOOHR_KEY, origin },
    personio: { ...PERSONIO_CLIENT, origin },
  })
  return { ...listener, people, secret }
}
