/** A piece of text, or what is wrong with the bytes it should have come from. */
export type Piece =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'wrong'; readonly problem: string }

type Decoder = InstanceType<typeof TextDecoder>
type Encoding = { readonly name: string; readonly mark: readonly number[] }

const UTF_8: Encoding = { name: 'utf-8', mark: [0xef, 0xbb, 0xbf] }
const ENCODINGS: readonly Encoding[] = [
  UTF_8,
  { name: 'utf-16le', mark: [0xff, 0xfe] },
  { name: 'utf-16be', mark: [0xfe, 0xff] },
]
const ZIP = [0x50, 0x4b, 0x03, 0x04]

/**
 * Decodes bytes as they come: UTF-8, or UTF-16 with a byte order mark, as Excel and PowerShell write it. Nothing is guessed, and
 * nothing is replaced: a name that was decoded wrongly would be somebody else's, or nobody's.
 */
export async function* decoded(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Piece, void> {
  let head: Uint8Array = new Uint8Array()
  let decoder: Decoder | undefined
  for await (const chunk of bytes) {
    head = decoder ? chunk : Buffer.concat([head, chunk])
    // A mark may be cut in two.
    if (!decoder && head.length < ZIP.length) continue
    if (!decoder && startsWith(head, ZIP)) {
      yield wrong('it is an Excel workbook or another archive; save it as "CSV UTF-8"')
      return
    }
    decoder ??= decoderFor(head)
    const piece = decode(decoder, head)
    yield piece
    if (piece.kind === 'wrong') return
  }
  yield decode(decoder ?? decoderFor(head), decoder ? new Uint8Array() : head, true)
}

function decoderFor(head: Uint8Array): Decoder {
  const { name } = ENCODINGS.find(({ mark }) => startsWith(head, mark)) ?? UTF_8
  return new TextDecoder(name, { fatal: true })
}

function decode(decoder: Decoder, bytes: Uint8Array, isLast = false): Piece {
  try {
    const text = decoder.decode(bytes, { stream: !isLast })
    // Every other byte of ASCII in UTF-16 is one.
    return text.includes('\0')
      ? wrong('it holds NUL characters, as UTF-16 without a byte order mark; save it as "CSV UTF-8"')
      : { kind: 'text', text }
  } catch {
    const name = decoder.encoding.toUpperCase()
    return wrong(`it is not ${name}, from somewhere after this line on; save it as "CSV UTF-8"`)
  }
}

function startsWith(bytes: Uint8Array, mark: readonly number[]): boolean {
  return mark.every((byte, index) => bytes[index] === byte)
}

function wrong(problem: string): Piece {
  return { kind: 'wrong', problem }
}
