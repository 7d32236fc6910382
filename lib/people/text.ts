/** A piece of text, or what is wrong with the bytes it should have come from. */
export type Piece =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'wrong'; readonly problem: string }

type Decoder = InstanceType<typeof TextDecoder>
type Encoding = { readonly name: string; readonly mark: readonly number[] }

const MARKED: readonly Encoding[] = [
  { name: 'utf-8', mark: [0xef, 0xbb, 0xbf] },
  { name: 'utf-16le', mark: [0xff, 0xfe] },
  { name: 'utf-16be', mark: [0xfe, 0xff] },
]
const ARCHIVES: readonly (readonly number[])[] = [
  [0x50, 0x4b, 0x03, 0x04],
  [0x1f, 0x8b, 0x08],
]
const HEAD_BYTES = 4

/**
 * Decodes bytes as they come: by their byte order mark, or as UTF-8, or as Windows-1252, which Excel writes as plain "CSV". The first
 * character that is not ASCII tells the last two apart, and it counts for the whole file: nothing is replaced, because a name that was
 * decoded wrongly would be somebody else's, or nobody's.
 */
export async function* decoded(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Piece, void> {
  let waiting: Uint8Array = new Uint8Array()
  let isBegun = false
  let decoder: Decoder | undefined
  for await (const chunk of bytes) {
    waiting = Buffer.concat([waiting, chunk])
    // A mark may be cut in two.
    if (!isBegun && waiting.length < HEAD_BYTES) continue
    if (!isBegun && ARCHIVES.some((mark) => startsWith(waiting, mark))) {
      yield wrong('it is an Excel workbook or another archive; save it as "CSV UTF-8"')
      return
    }
    decoder ??= isBegun ? undefined : decoderByMark(waiting)
    isBegun = true
    decoder ??= decoderByText(waiting, false)
    const ready = decoder ? waiting : waiting.subarray(0, asciiLength(waiting))
    waiting = waiting.subarray(ready.length)
    const piece = decode(decoder ?? utf8(), ready)
    yield piece
    if (piece.kind === 'wrong') return
  }
  decoder ??= (isBegun ? undefined : decoderByMark(waiting)) ?? decoderByText(waiting, true) ?? utf8()
  yield decode(decoder, waiting, true)
}

function decoderByMark(bytes: Uint8Array): Decoder | undefined {
  const marked = MARKED.find(({ mark }) => startsWith(bytes, mark))
  return marked && new TextDecoder(marked.name, { fatal: true })
}

const LONGEST_CHARACTER = 4

/** @returns `undefined` while everything is ASCII, or the first other character may be cut in two */
function decoderByText(bytes: Uint8Array, isLast: boolean): Decoder | undefined {
  const rest = bytes.subarray(asciiLength(bytes))
  if (rest.length === 0 || (rest.length < LONGEST_CHARACTER && !isLast)) return undefined
  const first = rest.subarray(0, lengthOf(rest[0] ?? 0))
  // A character of UTF-8 that is cut off at the end of the file is wrong, and no Windows-1252.
  const isUtf8 = decode(utf8(), first).kind === 'text'
  return isUtf8 ? utf8() : new TextDecoder('windows-1252')
}

/** How many bytes a character of UTF-8 has, by its first. */
function lengthOf(first: number): number {
  return first < 0xe0 ? 2 : first < 0xf0 ? 3 : LONGEST_CHARACTER
}

function utf8(): Decoder {
  return new TextDecoder('utf-8', { fatal: true })
}

/** A regular expression is much faster than a function for each byte. */
function asciiLength(bytes: Uint8Array): number {
  return /[\x80-\xff]/.exec(Buffer.from(bytes).toString('latin1'))?.index ?? bytes.length
}

/** Windows-1252 has no characters for five bytes; the decoder makes control characters of them. */
const NO_CHARACTERS = /[\x81\x8d\x8f\x90\x9d]/

function decode(decoder: Decoder, bytes: Uint8Array, isLast = false): Piece {
  const unlike = `it is not ${decoder.encoding.toUpperCase()}, from somewhere after this line on; save it as "CSV UTF-8"`
  try {
    const text = decoder.decode(bytes, { stream: !isLast })
    if (decoder.encoding === 'windows-1252' && NO_CHARACTERS.test(text)) return wrong(unlike)
    // In UTF-16, every other byte of ASCII text is NUL.
    return text.includes('\0')
      ? wrong('it holds NUL characters, as UTF-16 without a byte order mark; save it as "CSV UTF-8"')
      : { kind: 'text', text }
  } catch {
    return wrong(unlike)
  }
}

function startsWith(bytes: Uint8Array, mark: readonly number[]): boolean {
  return mark.every((byte, index) => bytes[index] === byte)
}

function wrong(problem: string): Piece {
  return { kind: 'wrong', problem }
}
