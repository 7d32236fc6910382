import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { gzipSync } from 'node:zlib'
import { GetObjectCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3'
import { mockClient } from 'aws-sdk-client-mock'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { diskAndS3 } from '../../../lib/cli/storage.ts'
import { recordsIn } from '../../../lib/evidence/verify/archive-records.ts'

const storage = diskAndS3({ functionName: 'f', region: 'eu-west-1' })
const SINCE = new Date('2026-11-29T00:00:00.000Z')
let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'storage-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

function put(name: string, content: string | Uint8Array) {
  mkdirSync(join(folder, name, '..'), { recursive: true })
  writeFileSync(join(folder, name), content)
}

async function recordsOf(place: string) {
  const found: (string | undefined)[][] = []
  for await (const file of storage.files(place, SINCE))
    for await (const { where, text } of recordsIn(file)) found.push([where.replace(`${folder}/`, ''), text])
  return found
}

describe('files()', () => {
  test('reads lines, compressed or not, and leaves out earlier days', async () => {
    put('2026/11/28/old', '{"a":0}\n')
    put('2026/11/29/plain', '{"a":"}{"}\n\n{"a":2}')
    put('2026/11/29/joined', `{"b":1}{"c":2}\n${'x'.repeat(1_200_000)}\n{"d":3}`)
    put('2026/11/30/zipped', Buffer.concat([gzipSync('{"a":4}\n'), gzipSync('{"a":5}\n')]))
    put('2026/11/30/empty', '')

    expect(await recordsOf(folder)).toEqual([
      ['2026/11/29/joined:1', '{"b":1}{"c":2}'],
      ['2026/11/29/joined:2', expect.stringMatching(/^x+$/)],
      ['2026/11/29/joined:3', expect.stringMatching(/^x*$/)],
      ['2026/11/29/joined:4', '{"d":3}'],
      ['2026/11/29/plain:1', '{"a":"}{"}'],
      ['2026/11/29/plain:3', '{"a":2}'],
      ['2026/11/30/zipped:1', '{"a":4}'],
      ['2026/11/30/zipped:2', '{"a":5}'],
    ])
  })

  test('marks once that a file is damaged, and reads the others', async () => {
    put('a', gzipSync('{"a":1}\n').subarray(0, -9))
    put('b', '{"b":1}\n')
    const found = await recordsOf(folder)
    expect(found.at(-1)).toEqual(['b:1', '{"b":1}'])
    expect(found.filter(([, text]) => text === undefined)).toHaveLength(1)
  })

  test('reads a bucket page by page, and fails if access is denied', async () => {
    using aws = mocked()
    const old = { Key: 'audit/2026/11/28/x' }
    aws.client.on(ListObjectsV2Command, { ContinuationToken: undefined }).resolves({
      Contents: [old, { Key: 'audit/2026/11/29/y' }],
      NextContinuationToken: 'n',
      IsTruncated: true,
    })
    aws.client
      .on(ListObjectsV2Command, { ContinuationToken: 'n' })
      .resolves({ Contents: [{ Key: 'audit/2026/11/30/z' }] })
    aws.client
      .on(GetObjectCommand)
      .callsFake(({ Key }) => ({ Body: Readable.from([gzipSync(`{"k":"${Key}"}\n`)]) }))

    expect(await recordsOf('s3://bucket/audit')).toEqual(
      ['audit/2026/11/29/y', 'audit/2026/11/30/z'].map((key) => [`${key}:1`, `{"k":"${key}"}`]),
    )
    expect(aws.client.commandCalls(ListObjectsV2Command)[0]?.args[0].input).toMatchObject({
      Bucket: 'bucket',
      Prefix: 'audit',
    })

    aws.client.on(GetObjectCommand).rejects(Object.assign(new Error('no'), { name: 'AccessDenied' }))
    await expect(recordsOf('s3://bucket/audit')).rejects.toThrow('no')
  })
})

function mocked() {
  const client = mockClient(S3Client)
  return { client, [Symbol.dispose]: () => client.restore() }
}

test('spill() returns the lines of each part in order; close() leaves nothing on disk', () => {
  const spill = storage.spill(2)
  const lines = Array.from({ length: 9_000 }, (_, index) => `line ${index}`)
  for (const [index, line] of lines.entries()) spill.add(index % 2, line)

  expect(spill.read(0)).toEqual(lines.filter((_, index) => index % 2 === 0))
  expect(spill.read(1)).toEqual(lines.filter((_, index) => index % 2 === 1))
  expect(() => spill.add(2, 'x')).toThrow('no part 2')
  spill.close()
  expect(() => spill.read(0)).toThrow('ENOENT')
})
