/** The measured process: three ways to remove somebody, interleaved. Started by warm.ts with a function's environment. */
import { randomUUID } from 'node:crypto'
import type { Context } from 'aws-lambda'
import { handler } from '../../functions/departures.ts'
import { atlasLedger } from '../../lib/aws/ledger.ts'
import { deliver } from '../../lib/senders/deliver.ts'
import { wireDepartures } from '../../lib/wire.ts'
import { memoryTable } from '../support/memory-table.ts'
import { bareAtlas } from './baseline/bare-atlas.ts'
import { batchOf, ORG_ID, SECRET, usernameOf } from './leavers.ts'
import { interleaved, timed } from './measure.ts'

const rounds = Number(process.argv[2])
const WARM_UP_ROUNDS = 10

const { deps } = await wireDepartures(process.env)
const inMemory = {
  ...deps,
  ledger: atlasLedger({
    table: memoryTable(),
    clock: deps.clock,
    uid: randomUUID,
    lockMs: 120_000,
    keepClosedMs: 0,
  }),
  audit: { publish: async (events: readonly { uid: string }[]) => new Set(events.map(({ uid }) => uid)) },
  // A removal sends one message: that a search for leftovers is due, which the ledger records as well.
  queue: { ...deps.queue, send: async () => undefined },
}
const bare = bareAtlas(process.env.ATLAS_BASE_URL ?? '')
const token = await bare.token(SECRET)
const context = { getRemainingTimeInMillis: () => 60_000 } as Context

let leaver = 0
function next(): number {
  leaver += 1
  return leaver
}

const arms = {
  handler: () => timed(() => handler(batchOf([next()]), context)),
  inMemory: () => timed(() => deliver(inMemory, batchOf([next()]), new Date(Date.now() + 60_000))),
  bare: () => timed(() => bare.remove(token, ORG_ID, usernameOf(next()))),
}
await interleaved(arms, WARM_UP_ROUNDS)
const samples = await interleaved(arms, rounds)
process.send?.({ samples, removed: leaver })
process.disconnect()
