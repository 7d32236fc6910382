import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { diskAndS3 } from '../../lib/cli/storage.ts'
import type { CommittedPage } from '../../lib/evidence/verify/committed.ts'
import { PARTS, verify } from '../../lib/evidence/verify/verify.ts'
import { digestOf } from '../../lib/words/digest.ts'
import { archivedText, OWNER, type Taken } from '../support/archive-double.ts'
import type { Figure } from './measure.ts'

const [FEW, MANY] = [100_000, 1_000_000]
const EVENTS_OF_A_CASE = 4
const DAYS = 90
const DAY_MS = 24 * 3_600_000
const SINCE = new Date('2026-09-01T00:00:00.000Z')
const [RECORDS_OF_A_PAGE, EVENTS_OF_A_FILE] = [10_000, 2_000]
/** A small heap, or V8 lets garbage pile up for as long as there is room, and the figure says nothing of what is kept. */
const HEAP = { old: 64, young: 8 }

type Checked = { readonly seconds: number; readonly peakMb: number; readonly findings: number }

/** What checking the archive against the ledger takes: each by a process of its own with a small heap, from both streams to the verdict. */
export async function measure(): Promise<readonly Figure[]> {
  const [few, many] = [await checkApart(FEW), await checkApart(MANY)]
  return [
    {
      name: 'memory for verifying 1,000,000 events over 100,000',
      value: many.peakMb / few.peakMb,
      unit: 'x',
      atMost: 1.2,
      note: `peak resident ${few.peakMb.toFixed(0)} MB at 100,000 events, ${many.peakMb.toFixed(0)} MB at 1,000,000; heap of at most ${HEAP.old} MB`,
    },
    { name: 'time for verifying 1,000,000 events, making them included', value: many.seconds, unit: 's' },
  ]
}

async function checkApart(events: number): Promise<Checked> {
  const script = fileURLToPath(import.meta.url)
  const heap = [`--max-old-space-size=${HEAP.old}`, `--max-semi-space-size=${HEAP.young}`]
  const { stdout } = await promisify(execFile)(process.execPath, [...heap, script, String(events)])
  const checked = JSON.parse(stdout) as Checked
  if (checked.findings !== 1)
    throw new Error(`Cannot measure verify: ${checked.findings} findings instead of 1`)
  return checked
}

async function check(events: number): Promise<Checked> {
  let peak = 0
  const look = () => {
    peak = Math.max(peak, process.memoryUsage.rss())
  }
  const begun = performance.now()
  const spill = diskAndS3({ functionName: '' }).spill(PARTS)
  const watched = {
    add: spill.add,
    read(part: number) {
      look()
      return spill.read(part)
    },
  }
  const period = { since: SINCE, until: new Date(SINCE.getTime() + (DAYS + 1) * DAY_MS) }
  const files = filesOf(events, look)
  const { findings, archived } = await verify({
    ...period,
    self: OWNER,
    spill: watched,
    files,
    pages: pagesOf(events, look),
  })
  spill.close()
  if (archived !== events - 1) throw new Error(`Cannot measure verify: ${archived} events were read`)
  return { seconds: (performance.now() - begun) / 1_000, peakMb: peak / 1_024 ** 2, findings }
}

async function* pagesOf(events: number, look: () => void): AsyncIterable<CommittedPage> {
  const cases = events / EVENTS_OF_A_CASE
  for (let from = 0; from < cases; from += RECORDS_OF_A_PAGE) {
    look()
    const records = Array.from({ length: Math.min(RECORDS_OF_A_PAGE, cases - from) }, (_, index) => {
      const number = from + index
      const entries = Array.from({ length: EVENTS_OF_A_CASE }, (_, one) => {
        const event = eventOf(number * EVENTS_OF_A_CASE + one, events)
        const { time, metadata } = event.detail
        return { uid: metadata.uid, at: new Date(time), digest: digestOf(event) }
      })
      return { record: caseId(number), entries }
    })
    yield { ...OWNER, asOf: SINCE, manifests: [], records }
  }
}

/** All events but one. */
async function* filesOf(events: number, look: () => void) {
  for (let from = 0; from < events; from += EVENTS_OF_A_FILE) {
    look()
    const numbers = Array.from(
      { length: Math.min(EVENTS_OF_A_FILE, events - from) },
      (_, index) => from + index,
    )
    async function* read() {
      for (const number of numbers)
        if (number !== 4_711) yield Buffer.from(`${archivedText(eventOf(number, events), number)}\n`)
    }
    yield { name: `audit/${from}`, read }
  }
}

function caseId(number: number): string {
  return `c-${String(number).padStart(20, '0')}`
}

function eventOf(number: number, events: number) {
  const sequence = 1 + (number % EVENTS_OF_A_CASE)
  const id = caseId(Math.floor(number / EVENTS_OF_A_CASE))
  const detail = {
    ...{ activity_id: 2, class_uid: 3005, type_uid: 300502, status_id: 1, status: 'Success', severity_id: 1 },
    time: SINCE.getTime() + Math.floor((number / events) * DAYS) * DAY_MS + sequence,
    metadata: {
      uid: `${id}/${sequence}`,
      correlation_uid: `okta:evt-${number}`,
      version: '1.8.0',
      profiles: ['cloud'],
    },
    user: { name: `person-${number}@example.com`, uid: String(number).padStart(24, '0') },
    unmapped: {
      outcome: { kind: 'held', reason: 'privileged' },
      case: id,
      sequence,
      salt: String(number).padStart(36, 's'),
    },
  }
  return { detailType: 'Offboarding Outcome', detail } satisfies Taken
}

if (import.meta.main) console.log(JSON.stringify(await check(Number(process.argv[2]))))
