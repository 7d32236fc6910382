/** One `type=value` of a distinguished name. */
type Attribute = { readonly type: string; readonly value: string }

/** Far beyond any name of a person; a longer one could make the expression below slow. */
const LONGEST = 4_096

/**
 * A separator, a type as word or number, and a value: in quotes, as the BER of a text in hexadecimal, or bare. Spaces at the end
 * belong to a bare value only if they are escaped.
 */
const ATTRIBUTE =
  /[,;+] *(?:([a-z][a-z\d-]*)|(?:oid\.)?([0-2](?:\.\d+)+)) *= *(?:"((?:\\.|[^\\"])*)" *|#((?:[\da-f]{2})+) *|(?!#)((?:\\.|[^\\,;+"<>])*?) *(?=[,;+]|$))/gisuy

/**
 * Reads a distinguished name as text: its relative names, each of one attribute or, joined by `+`, of several. Types are in lower
 * case, without the `OID.` that older writers put before a number.
 *
 * @returns `undefined` if the text is not a whole name: half of one would be another name
 * @see https://www.rfc-editor.org/rfc/rfc4514#section-3, and section 4 of RFC 2253 for what older writers may send
 */
export function distinguishedName(text: string): readonly Attribute[] | undefined {
  if (text.length > LONGEST) return undefined
  const attributes: Attribute[] = []
  let end = 0
  // With a comma in front every attribute follows a separator, and a separator at the end is an error.
  for (const [whole, word, number = '', quoted, hex, bare = ''] of `,${text}`.matchAll(ATTRIBUTE)) {
    const value = hex === undefined ? unescaped(quoted ?? bare) : contentOf(Buffer.from(hex, 'hex'))
    if (value === undefined) return undefined
    attributes.push({ type: (word ?? number).toLowerCase(), value })
    end += whole.length
  }
  return end === text.length + 1 ? attributes : undefined
}

/** Decodes escapes: `\C3` is a byte of UTF-8, `\,` a comma. Other characters stand for themselves. */
function unescaped(text: string): string | undefined {
  const bytes = [...text.matchAll(/\\([\da-f]{2})|\\?(.)/gisu)].map(([, byte, character = '']) =>
    byte === undefined ? Buffer.from(character) : Buffer.from(byte, 'hex'),
  )
  return utf8(Buffer.concat(bytes))
}

/** UTF8String, PrintableString, TeletexString, IA5String. */
const TEXT_TAGS = [0x0c, 0x13, 0x14, 0x16]

/** BER is a tag, a length, and the text; of lengths only those of one byte. */
function contentOf(ber: Buffer): string | undefined {
  const [tag = 0, length = 0] = ber
  const isText = TEXT_TAGS.includes(tag) && length === ber.length - 2 && length < 0x80
  return isText ? utf8(ber.subarray(2)) : undefined
}

function utf8(bytes: Buffer): string | undefined {
  const text = bytes.toString('utf8')
  return Buffer.from(text).equals(bytes) ? text : undefined
}
