import { appendFileSync, createReadStream, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import type { S3Client, S3ClientConfig } from '@aws-sdk/client-s3'
import { dayOf } from '../words/day.ts'
import type { Storage } from './command.ts'
import type { Installation } from './invoke.ts'

/** Reads folders of this machine and buckets of AWS, and keeps lines in a temporary folder that its owner alone may read. */
export function diskAndS3({ region, profile }: Installation): Storage {
  const aws = { ...(region && { region }), ...(profile && { profile }) }
  return {
    files(place, since) {
      const [, bucket, prefix = ''] = /^s3:\/\/([^/]+)\/?(.*)$/.exec(place) ?? []
      return bucket === undefined ? inFolder(place, since) : inBucket(aws, { bucket, prefix }, since)
    },
    spill,
  }
}

async function* inFolder(folder: string, since: Date): ReturnType<Storage['files']> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const names = entries.filter((one) => one.isFile()).map((one) => join(one.parentPath, one.name))
  for (const name of names.sort())
    if (!isOfEarlierDay(name, since)) yield { name, read: () => plain(createReadStream(name)) }
}

type Prefix = { readonly bucket: string; readonly prefix: string }

/** Only who reads a bucket needs S3's client. */
async function* inBucket(
  aws: S3ClientConfig,
  { bucket: Bucket, prefix: Prefix }: Prefix,
  since: Date,
): ReturnType<Storage['files']> {
  const { paginateListObjectsV2, S3Client } = await import('@aws-sdk/client-s3')
  const client = new S3Client(aws)
  for await (const { Contents = [] } of paginateListObjectsV2({ client }, { Bucket, Prefix }))
    for (const { Key = '' } of Contents)
      if (!isOfEarlierDay(Key, since) && !Key.endsWith('/'))
        yield { name: Key, read: () => plain(objectIn(client, Bucket, Key)) }
}

async function* objectIn(client: S3Client, Bucket: string, Key: string): AsyncIterable<Uint8Array> {
  const { GetObjectCommand } = await import('@aws-sdk/client-s3')
  const { Body } = await client.send(new GetObjectCommand({ Bucket, Key }))
  if (!Body) throw new Error('Cannot read a file: S3 answered without a body')
  yield* Body as unknown as AsyncIterable<Uint8Array>
}

/** Decompresses what is compressed, whatever it is called. */
async function* plain(bytes: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  const pieces = bytes[Symbol.asyncIterator]()
  const { value: first, done } = await pieces.next()
  if (done) return
  async function* all() {
    yield first
    for (let next = await pieces.next(); !next.done; next = await pieces.next()) yield next.value
  }
  const isCompressed = first[0] === 0x1f && first[1] === 0x8b
  yield* isCompressed ? gunzipped(all()) : all()
}

async function* gunzipped(bytes: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  const gunzip = createGunzip()
  const source = Readable.from(bytes).on('error', (error) => gunzip.destroy(error))
  yield* source.pipe(gunzip)
}

/** Firehose files events by the day on which they arrive, which is never before they happened. */
function isOfEarlierDay(name: string, since: Date): boolean {
  const [, year, month, day] = /(?:^|[/\\])(\d{4})[/\\](\d\d)[/\\](\d\d)[/\\][^/\\]*$/.exec(name) ?? []
  return day !== undefined && `${year}-${month}-${day}` < dayOf(since)
}

/** So much of a part is kept in memory before it goes to disk. */
const BUFFERED_BYTES = 16_384

function spill(parts: number): ReturnType<Storage['spill']> {
  const folder = mkdtempSync(join(tmpdir(), 'atlas-offboarding-'))
  const buffers = Array.from({ length: parts }, () => ({ text: '', isOnDisk: false }))
  const nameOf = (part: number) => join(folder, String(part))
  return {
    add(part, line) {
      const buffer = buffers[part]
      if (!buffer) throw new Error(`Cannot keep a line: no part ${part}`)
      buffer.text += `${line}\n`
      if (buffer.text.length < BUFFERED_BYTES) return
      appendFileSync(nameOf(part), buffer.text)
      Object.assign(buffer, { text: '', isOnDisk: true })
    },
    read(part) {
      const { text, isOnDisk } = buffers[part] ?? { text: '', isOnDisk: false }
      const whole = (isOnDisk ? readFileSync(nameOf(part), 'utf8') : '') + text
      return whole.split('\n').slice(0, -1)
    },
    close: () => rmSync(folder, { recursive: true, force: true }),
  }
}
