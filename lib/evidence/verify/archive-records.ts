/** A file of the archive as our stack has Firehose write them, decompressed: one JSON object a line. */
export type ArchiveFile = { readonly name: string; read(): AsyncIterable<Uint8Array> }

/** One record and where it stands. `text` is absent where the file cannot be read any further. */
export type ArchiveRecord = { readonly where: string; readonly text?: string }

/** An event is at most 256 KB. A longer line is read in pieces, and none of them is an event. */
const LONGEST_LINE = 1_024 * 1_024

/**
 * Reads a file record by record, whatever its size.
 *
 * @throws what reading the file throws. If it is damaged, the last record says where
 */
export async function* recordsIn({ name, read }: ArchiveFile): AsyncIterable<ArchiveRecord> {
  let line = 0
  try {
    for await (const text of linesIn(read())) {
      line += 1
      if (text.trim() !== '') yield { where: `${name}:${line}`, text }
    }
  } catch (error) {
    if (!isDamage(error)) throw error
    yield { where: `${name}:${line + 1}` }
  }
}

/** zlib's codes: `Z_DATA_ERROR`, `Z_BUF_ERROR`… */
function isDamage(error: unknown): boolean {
  return error instanceof Error && 'code' in error && String(error.code).startsWith('Z_')
}

async function* linesIn(bytes: AsyncIterable<Uint8Array>): AsyncIterable<string> {
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true })
  let rest = ''
  for await (const piece of bytes) {
    const lines = (rest + decoder.decode(piece, { stream: true })).split('\n')
    rest = lines.pop() ?? ''
    yield* lines
    if (rest.length <= LONGEST_LINE) continue
    yield rest
    rest = ''
  }
  yield rest + decoder.decode()
}
