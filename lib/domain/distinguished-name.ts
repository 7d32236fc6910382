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
  for (let rest: string | undefined = text; rest !== undefined; ) {
    if (!TYPE.test(rest)) return undefined
    const type = rest.replace(TYPE, '$1')
    const read = valueIn(rest.replace(TYPE, '$2'))
    if (!read || !/^([,;+]|$)/.test(read.rest)) return undefined
    attributes.push({ type: type.replace(/^oid\./i, '').toLowerCase(), value: read.value })
    rest = read.rest === '' ? undefined : read.rest.slice(1)
  }
  return attributes
}

/** Far beyond any name of a person; a longer one could make the expressions below slow. */
const LONGEST = 4_096

const TYPE = /^ *([a-z][a-z\d-]*|(?:oid\.)?\d+(?:\.\d+)*) *= *(.*)$/is

type Read = { readonly value: string; readonly rest: string }

function valueIn(text: string): Read | undefined {
  if (text.startsWith('#')) return inHex(text)
  return text.startsWith('"') ? inQuotes(text) : asString(text)
}

/** Spaces at the end belong to the value only if they are escaped. */
function asString(text: string): Read | undefined {
  const raw = text.replace(/^((?:\\(?:[\da-f]{2}|.)|[^\\,;+"<>])*).*$/is, '$1')
  const value = unescaped(raw.replace(/^((?:\\(?:[\da-f]{2}|.)|[^\\ ]| +(?! *$))*).*$/is, '$1'))
  return value === undefined ? undefined : { value, rest: text.slice(raw.length) }
}

function inQuotes(text: string): Read | undefined {
  const whole = /^"(?:\\(?:[\da-f]{2}|.)|[^\\"])*" */is.exec(text)?.[0]
  if (whole === undefined) return undefined
  const value = unescaped(whole.replace(/^"(.*)" *$/s, '$1'))
  return value === undefined ? undefined : { value, rest: text.slice(whole.length) }
}

/** A backslash stands before a special character, or before a byte of UTF-8 in hexadecimal. */
function unescaped(text: string): string | undefined {
  const bytes: Buffer[] = []
  for (const [part] of text.matchAll(/\\(?:[\da-f]{2}|.)|[^\\]+/gis)) {
    const isByte = /^\\[\da-f]{2}$/i.test(part)
    bytes.push(isByte ? Buffer.from(part.slice(1), 'hex') : Buffer.from(part.replace(/^\\/, '')))
  }
  return utf8(Buffer.concat(bytes))
}

/** `#` and the value's BER: a tag, a length, and the text; of lengths only those that fit a name. */
function inHex(text: string): Read | undefined {
  const whole = /^#(?:[\da-f]{2})+ */i.exec(text)?.[0]
  if (whole === undefined) return undefined
  const bytes = Buffer.from(whole.replace(/[# ]/g, ''), 'hex')
  const content = bytes.subarray(2)
  const isText = TEXT_TAGS.some((tag) => tag === bytes[0]) && bytes[1] === content.length
  const value = isText && content.length < 0x80 ? utf8(content) : undefined
  return value === undefined ? undefined : { value, rest: text.slice(whole.length) }
}

/** UTF8String, PrintableString, TeletexString, IA5String. */
const TEXT_TAGS = [0x0c, 0x13, 0x14, 0x16]

function utf8(bytes: Buffer): string | undefined {
  const text = bytes.toString('utf8')
  return Buffer.from(text).equals(bytes) ? text : undefined
}
