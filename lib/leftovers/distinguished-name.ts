/** One `type=value` of a distinguished name. */
export type Attribute = { readonly type: string; readonly value: string }

/**
 * Reads a distinguished name as text: its relative names, each of one attribute or, joined by `+`, of several. Types are in lower
 * case, without the `OID.` that older writers put before a number.
 *
 * @returns `undefined` if it is none: half of a name would be another one
 * @see https://www.rfc-editor.org/rfc/rfc4514#section-3, and section 4 of RFC 2253 for what older writers may send
 */
export function distinguishedName(text: string): readonly Attribute[] | undefined {
  if (text.length > LONGEST) return undefined
  const attributes: Attribute[] = []
  // Every attribute follows a separator, so that none follows the last one.
  for (let rest = `,${text}`; rest !== ''; ) {
    const read = attributeIn(rest)
    if (!read) return undefined
    attributes.push(read.attribute)
    rest = read.rest
  }
  return attributes
}

/** Far beyond any name of a person; a longer one could make the expressions below slow. */
const LONGEST = 4_096

const START = /^[,;+] *(?:([a-z][a-z\d-]*)|(?:oid\.)?([0-2](?:\.\d+)+)) *= */i

function attributeIn(text: string): { readonly attribute: Attribute; readonly rest: string } | undefined {
  const [start = '', name, number] = START.exec(text) ?? []
  const type = name ?? number
  if (type === undefined) return undefined
  const value = valueIn(text.slice(start.length))
  return value && { attribute: { type: type.toLowerCase(), value: value.text }, rest: value.rest }
}

type Value = { readonly text: string; readonly rest: string }

function valueIn(text: string): Value | undefined {
  if (text.startsWith('#')) return inHex(text)
  return text.startsWith('"') ? inQuotes(text.slice(1)) : asString(text)
}

/** One character after another: a byte of UTF-8 in hexadecimal, one behind a backslash, or one as it is. */
const BARE = /\\(?<byte>[\da-f]{2})|\\(?<escaped>.)|(?<plain>[^\\,;+"<>])/gisuy
const QUOTED = /\\(?<byte>[\da-f]{2})|\\(?<escaped>.)|(?<plain>[^\\"])/gisuy

/** Spaces at the end belong to the value only if they are escaped. */
function asString(text: string): Value | undefined {
  const characters = [...text.matchAll(BARE)]
  const rest = text.slice(lengthOf(characters))
  while (characters.at(-1)?.groups?.plain === ' ') characters.pop()
  return readFrom(characters, rest)
}

function inQuotes(text: string): Value | undefined {
  const characters = [...text.matchAll(QUOTED)]
  const [end] = /^" */.exec(text.slice(lengthOf(characters))) ?? []
  return end === undefined ? undefined : readFrom(characters, text.slice(lengthOf(characters) + end.length))
}

function lengthOf(characters: readonly RegExpExecArray[]): number {
  return characters.reduce((sum, [text]) => sum + text.length, 0)
}

function readFrom(characters: readonly RegExpExecArray[], rest: string): Value | undefined {
  const bytes = characters.map(({ groups: { byte, escaped, plain = '' } = {} }) =>
    byte === undefined ? Buffer.from(escaped ?? plain) : Buffer.from(byte, 'hex'),
  )
  const value = utf8(Buffer.concat(bytes))
  return value === undefined ? undefined : { text: value, rest }
}

/** `#` and the value's BER: a tag, a length, and the text; of lengths only those of one byte. */
function inHex(text: string): Value | undefined {
  const [whole = '', digits = ''] = /^#((?:[\da-f]{2})+) */i.exec(text) ?? []
  const bytes = Buffer.from(digits, 'hex')
  const content = bytes.subarray(2)
  const isText = TEXT_TAGS.some((tag) => tag === bytes[0]) && bytes[1] === content.length
  const value = isText && content.length < 0x80 ? utf8(content) : undefined
  return value === undefined ? undefined : { text: value, rest: text.slice(whole.length) }
}

/** UTF8String, PrintableString, TeletexString, IA5String. */
const TEXT_TAGS = [0x0c, 0x13, 0x14, 0x16]

function utf8(bytes: Buffer): string | undefined {
  const text = bytes.toString('utf8')
  return Buffer.from(text).equals(bytes) ? text : undefined
}
