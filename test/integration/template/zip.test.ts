import { crc32, inflateRawSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { zip } from '../../../infra/zip.ts'

const ENTRIES = [
  { name: 'departures.mjs', content: Buffer.from('export const handler = 1\n'.repeat(100)) },
  { name: 'é/empty.txt', content: Buffer.alloc(0) },
]

/** Reads a zip as an unpacker does: end record, central directory, then each entry where that says it lies. */
function unzip(bytes: Buffer) {
  const end = bytes.length - 22
  expect(bytes.readUInt32LE(end)).toBe(0x06054b50)
  let at = bytes.readUInt32LE(end + 16)
  return Array.from({ length: bytes.readUInt16LE(end + 10) }, () => {
    expect(bytes.readUInt32LE(at)).toBe(0x02014b50)
    const [crc, packed, size] = [16, 20, 24].map((field) => bytes.readUInt32LE(at + field)) as [
      number,
      number,
      number,
    ]
    const nameLength = bytes.readUInt16LE(at + 28)
    const name = bytes.toString('utf8', at + 46, at + 46 + nameLength)
    const start = bytes.readUInt32LE(at + 42) + 30 + nameLength
    const content = inflateRawSync(bytes.subarray(start, start + packed))
    expect([content.length, crc32(content)]).toEqual([size, crc])
    at += 46 + nameLength
    return { name, content }
  })
}

test('zip() packs what an unpacker finds again', () => {
  expect(unzip(zip(ENTRIES))).toEqual(ENTRIES)
})

test('zip() makes the same bytes of the same content', () => {
  expect(zip(ENTRIES).equals(zip(ENTRIES))).toBe(true)
})
