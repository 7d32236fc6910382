import { deliver } from '../../lib/senders/deliver.ts'
import type { Call } from './call-log.ts'
import { departureBody, recordOf } from './leavers.ts'
import type { Figure } from './measure.ts'
import { virtualSystem } from './virtual-system.ts'
import { inSequence, waterfall } from './waterfall.ts'

const MINUTE_MS = 60_000

/**
 * The calls of one warm removal and of the search for leftovers after it, in virtual time: every AWS call takes 5 ms, every request to Atlas
 * 50 ms, our own code none. Another person was removed within the minute, so the source's sign of life is not written again.
 */
export async function measure(): Promise<readonly Figure[]> {
  const { removal, search } = await trace()
  const ofAws = removal.filter(({ party }) => party === 'aws')
  const counted = ofAws.filter(({ service }) => service !== 'SQS')
  const [first, last] = [removal[0]?.startedAt, removal.at(-1)?.endedAt]
  const wholeMs = (last?.getTime() ?? Number.NaN) - (first?.getTime() ?? Number.NaN)
  const atlasMs = removal
    .filter(({ party }) => party === 'atlas')
    .reduce((sum, { startedAt, endedAt }) => sum + endedAt.getTime() - startedAt.getTime(), 0)
  return [
    {
      name: 'AWS calls per warm removal (SQS excepted)',
      value: counted.length,
      unit: 'calls',
      atMost: 10,
      note: tally(ofAws.map(({ service }) => service)),
      drawing: waterfall(removal),
    },
    { name: 'of them one after the other', value: inSequence(counted), unit: 'calls', atMost: 6 },
    {
      name: 'warm removal, waits alone',
      value: wholeMs / atlasMs,
      unit: 'x',
      note: `${wholeMs} over ${atlasMs} ms: what a warm removal costs if our code took no time`,
    },
    unitsPerLeaver(removal, search),
  ]
}

async function trace() {
  const calls: Call[] = []
  const { time, aws, environment } = await virtualSystem({
    leavers: 2,
    approved: 0,
    rateLimits: 'off',
    settings: { leftovers: 'report' },
    isEven: true,
    onCall: (call) => calls.push(call),
  })
  const deps = environment()
  const handOver = async (message: { readonly id: string; readonly body: string }) => {
    const deadline = new Date(time.now().getTime() + MINUTE_MS)
    await time.run(deliver(deps, { Records: [recordOf(message)] }, deadline))
    return calls.splice(0)
  }
  const leave = async (leaver: number) => {
    const removal = await handOver({ id: `m-${leaver}`, body: departureBody(leaver, time.now()) })
    const [message] = aws.messages.splice(0)
    if (!message) throw new Error('Cannot trace a removal: it started no search for leftovers')
    return { removal, search: await handOver(message) }
  }
  await leave(0)
  return await leave(1)
}

function unitsPerLeaver(removal: readonly Call[], search: readonly Call[]): Figure {
  const hasEnded = search.some(({ operation, item }) => operation === 'UpdateItem' && item === 'search')
  return {
    name: 'write units per leaver',
    value: unitsOf([...removal, ...search]),
    unit: 'write units',
    atMost: 60,
    note: `${unitsOf(removal)} for the removal, ${unitsOf(search)} for the search for leftovers after it`,
    ...(!hasEnded && { skipped: `the search did not end; ${unitsOf(removal)} for the removal alone` }),
    drawing: waterfall(search),
  }
}

function unitsOf(calls: readonly Call[]): number {
  return calls.reduce((sum, { units }) => sum + (units?.table ?? 0) + (units?.indexes ?? 0), 0)
}

function tally(names: readonly string[]): string {
  return Object.entries(Object.groupBy(names, (name) => name))
    .map(([name, those]) => `${those?.length} ${name}`)
    .join(', ')
}
