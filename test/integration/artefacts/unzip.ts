import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { inflateRawSync } from 'node:zlib'

/** Unpacks a function's zip into a folder, as Lambda does: by the central directory, every entry deflated. */
export async function unzip(file: string, folder: string): Promise<void> {
  const bytes = await readFile(file)
  const end = bytes.length - END_BYTES
  let at = bytes.readUInt32LE(end + 16)
  for (let left = bytes.readUInt16LE(end + 10); left > 0; left -= 1) {
    const nameLength = bytes.readUInt16LE(at + 28)
    const name = bytes.toString('utf8', at + CENTRAL_BYTES, at + CENTRAL_BYTES + nameLength)
    const start = bytes.readUInt32LE(at + 42) + LOCAL_BYTES + nameLength
    const content = inflateRawSync(bytes.subarray(start, start + bytes.readUInt32LE(at + 20)))
    await mkdir(dirname(join(folder, name)), { recursive: true })
    await writeFile(join(folder, name), content)
    at += CENTRAL_BYTES + nameLength
  }
}

const END_BYTES = 22
const CENTRAL_BYTES = 46
const LOCAL_BYTES = 30
