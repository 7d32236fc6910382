import { crc32, deflateRawSync } from 'node:zlib'

export type Entry = { readonly name: string; readonly content: Buffer }

/** 1 January 1980, the first date that a zip can hold. It never changes, so the same content always gives the same file. */
const DATE = (1 << 5) | 1
const DEFLATED = 8
const UTF8_NAMES = 0x0800
/** Made on Unix, readable by everyone, as Lambda's own user needs. */
const MADE_BY_UNIX = (3 << 8) | 20
const MODE = 0o100644

/**
 * Packs files into a zip.
 *
 * @param entries - each shorter than 4 GB, names with `/`
 * @see https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT sections 4.3.7, 4.3.12 and 4.3.16
 */
export function zip(entries: readonly Entry[]): Buffer {
  const locals: Buffer[] = []
  const centrals: Buffer[] = []
  let offset = 0
  for (const { name, content } of entries) {
    const deflated = deflateRawSync(content, { level: 9 })
    const common = commonFields(Buffer.byteLength(name), content, deflated)
    const local = Buffer.concat([u32(0x04034b50), common, Buffer.from(name), deflated])
    locals.push(local)
    centrals.push(centralHeader(name, common, offset))
    offset += local.length
  }
  const central = Buffer.concat(centrals)
  return Buffer.concat([...locals, central, endRecord(entries.length, central.length, offset)])
}

/** The fields that an entry's local and central headers share, from "version needed" to "extra field length". */
function commonFields(nameLength: number, content: Buffer, deflated: Buffer): Buffer {
  return Buffer.concat([
    ...[20, UTF8_NAMES, DEFLATED, 0, DATE].map(u16),
    ...[crc32(content), deflated.length, content.length].map(u32),
    ...[nameLength, 0].map(u16),
  ])
}

function centralHeader(name: string, common: Buffer, offset: number): Buffer {
  const noCommentFirstDisk = Buffer.alloc(6)
  const attributes = u32(MODE * 0x10000)
  const parts = [u32(0x02014b50), u16(MADE_BY_UNIX), common, noCommentFirstDisk, attributes, u32(offset)]
  return Buffer.concat([...parts, Buffer.from(name)])
}

function endRecord(count: number, size: number, offset: number): Buffer {
  const firstDisk = [0, 0, count, count].map(u16)
  return Buffer.concat([u32(0x06054b50), ...firstDisk, u32(size), u32(offset), u16(0)])
}

function u16(value: number): Buffer {
  const bytes = Buffer.alloc(2)
  bytes.writeUInt16LE(value)
  return bytes
}

function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32LE(value)
  return bytes
}
