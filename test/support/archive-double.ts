import { createHash } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { gzipSync } from 'node:zlib'

/** An event as the audit bus took it. */
export type Taken = { readonly detailType: string; readonly detail: object }

/** Whose audit bus it is. */
export const OWNER = { account: '111122223333', region: 'eu-west-1' }

/** An event as EventBridge hands it to Firehose. */
export function archivedText({ detailType, detail }: Taken, id: string | number = 0): string {
  const hash = createHash('md5')
    .update(`${id} ${JSON.stringify(detail)}`)
    .digest('hex')
  return JSON.stringify({
    version: '0',
    id: hash.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5'),
    'detail-type': detailType,
    source: 'atlas.offboarding',
    account: OWNER.account,
    time: new Date(timeOf(detail)).toISOString().replace(/\.\d+Z$/, 'Z'),
    region: OWNER.region,
    resources: [],
    detail,
  })
}

function timeOf(detail: object): number {
  return (detail as { readonly time: number }).time
}

const MOST_IN_FILE = 100

/** The archive as Firehose writes it: files by day of arrival, compressed, one event a line. @returns the files by name */
export function firehose(events: readonly Taken[]): Map<string, readonly string[]> {
  const files = new Map<string, string[]>()
  for (const [index, event] of events.entries()) {
    const day = new Date(timeOf(event.detail)).toISOString().slice(0, 10).replaceAll('-', '/')
    const name = `audit/${day}/audit-1-${String(Math.floor(index / MOST_IN_FILE)).padStart(6, '0')}.gz`
    files.set(name, [...(files.get(name) ?? []), archivedText(event, index)])
  }
  return files
}

/** Writes the files of an archive into a folder. */
export function writeArchive(folder: string, files: ReadonlyMap<string, readonly string[]>): void {
  for (const [name, lines] of files) {
    const file = join(folder, name)
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, gzipSync(lines.map((line) => `${line}\n`).join('')))
  }
}
