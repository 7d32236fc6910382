import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { takeRoster } from '../../lib/people/take-roster.ts'
import { objectCreated, rosterDesk } from '../support/roster-desk.ts'
import type { Figure } from './measure.ts'

const [FEW, MANY] = [20_000, 200_000]
const FORMATS = ['csv', 'json'] as const
const MEMBERS = 1_000
/** Every so many-th person left; most of them never had Atlas. */
const LEFT_EVERY = 5
const CHUNK = 64 * 1_024
/** A small heap, or V8 lets garbage pile up for as long as there is room, and the figure says nothing of what is kept. */
const HEAP = { old: 32, young: 4 }

type Format = (typeof FORMATS)[number]
type Reading = { readonly seconds: number; readonly peakMb: number; readonly queued: number }

/** What a nightly file takes: each file is read by a process of its own with a small heap, from the stream to the queue. */
export async function measure(): Promise<readonly Figure[]> {
  const figures: Figure[] = []
  for (const format of FORMATS) {
    const [few, many] = [await readApart(format, FEW), await readApart(format, MANY)]
    const name = format === 'csv' ? 'CSV' : 'Report_Entry'
    figures.push(
      {
        name: `memory for a ${name} of 200,000 rows over 20,000`,
        value: many.peakMb / few.peakMb,
        unit: 'x',
        atMost: 1.2,
        note: `peak resident ${few.peakMb.toFixed(0)} MB at 20,000 rows, ${many.peakMb.toFixed(0)} MB at 200,000; heap of at most ${HEAP.old} MB`,
      },
      { name: `time for a ${name} of 200,000 rows, read twice`, value: many.seconds, unit: 's' },
    )
  }
  return figures
}

async function readApart(format: Format, rows: number): Promise<Reading> {
  const script = fileURLToPath(import.meta.url)
  const heap = [`--max-old-space-size=${HEAP.old}`, `--max-semi-space-size=${HEAP.young}`]
  const { stdout } = await promisify(execFile)(process.execPath, [...heap, script, format, String(rows)])
  const reading = JSON.parse(stdout) as Reading
  if (reading.queued !== MEMBERS / LEFT_EVERY)
    throw new Error(`Cannot measure a roster: ${reading.queued} departures were queued`)
  return reading
}

async function read(format: Format, rows: number): Promise<Reading> {
  const desk = rosterDesk()
  await desk.lists(Array.from({ length: MEMBERS }, (_, person) => addressOf(person)))
  let peak = 0
  const files = {
    ...desk.deps.files,
    open: async () =>
      fileOf(format, rows, () => {
        peak = Math.max(peak, process.memoryUsage.rss())
      }),
  }
  const begun = performance.now()
  await takeRoster({ ...desk.deps, files }, objectCreated(`workday/people.${format}`, 'v1'))
  return {
    seconds: (performance.now() - begun) / 1_000,
    peakMb: peak / 1_024 ** 2,
    queued: desk.queued.length,
  }
}

/** Makes a file piece by piece, so that it is never in memory as a whole. */
async function* fileOf(format: Format, rows: number, onPiece: () => void): AsyncGenerator<Uint8Array> {
  let text = format === 'csv' ? `${Object.keys(rowOf(0)).join()}\r\n` : '{"Report_Entry":['
  for (let person = 0; person < rows; person += 1) {
    const row = rowOf(person)
    if (format === 'csv') text += `${Object.values(row).join()}\r\n`
    else text += `${person > 0 ? ',' : ''}${JSON.stringify(row)}`
    if (text.length < CHUNK) continue
    yield Buffer.from(text)
    onPiece()
    text = ''
  }
  yield Buffer.from(format === 'csv' ? text : `${text}]}`)
  onPiece()
}

const MONTHS = 120
const DAYS = 28

function rowOf(person: number) {
  const isLeft = person % LEFT_EVERY === 0
  const day = new Date(Date.UTC(2016, person % MONTHS, 1 + (person % DAYS)))
  return {
    Employee_ID: `W${String(person).padStart(7, '0')}`,
    Worker: `Example Person ${person}`,
    Business_Title: 'Senior Engineer',
    'Email_-_Work': addressOf(person),
    Worker_Status: isLeft ? 'Terminated' : 'Active',
    Termination_Date: isLeft ? day.toISOString().slice(0, 10) : '',
  }
}

function addressOf(person: number): string {
  return `person-${person}@example.com`
}

if (import.meta.main) {
  const [format, rows] = process.argv.slice(2)
  console.log(JSON.stringify(await read(format === 'json' ? 'json' : 'csv', Number(rows))))
}
