/** A file of the archive as Firehose writes them, decompressed: JSON objects one a line, or without anything between. */
export type ArchiveFile = { readonly name: string; read(): AsyncIterable<Uint8Array> }

/** One record and where it stands. `text` is absent where the file cannot be read any further. */
export type ArchiveRecord = { readonly where: string; readonly text?: string }

/** An event is at most 256 KB; a file without line ends is as long as Firehose buffers. */
const LONGEST_LINE = 160 * 1_024 * 1_024

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
      for (const record of objectsIn(text)) yield { where: `${name}:${line}`, text: record }
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
  let rest: string[] = []
  let length = 0
  for await (const piece of bytes) {
    const [head = '', ...others] = decoder.decode(piece, { stream: true }).split('\n')
    rest.push(head)
    length += head.length
    if (length > LONGEST_LINE) {
      yield rest.join('')
      rest = []
      length = 0
    }
    for (const next of others) {
      yield rest.join('')
      rest = [next]
      length = next.length
    }
  }
  yield rest.join('') + decoder.decode()
}

/** Splits a line that holds several objects. What is no JSON is answered as it stands. */
function* objectsIn(line: string): Iterable<string> {
  if (!/\}\s*\{/.test(line)) {
    if (line.trim() !== '') yield line
    return
  }
  let [depth, from, inString] = [0, 0, false]
  for (let at = 0; at < line.length; at += 1) {
    const sign = line[at]
    if (inString) {
      if (sign === '\\') at += 1
      else if (sign === '"') inString = false
    } else if (sign === '"') inString = true
    else if (sign === '{' || sign === '[') depth += 1
    else if (sign === '}' || sign === ']') {
      depth -= 1
      if (depth > 0) continue
      yield line.slice(from, at + 1)
      from = at + 1
      depth = 0
    }
  }
  const rest = line.slice(from)
  if (rest.trim() !== '') yield rest
}
