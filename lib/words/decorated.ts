import { isAddress } from './username.ts'

const DATE = '[0-9]{1,4}(?:[./-][0-9]{1,4}){2}'
/** A word that directories add to the address of somebody who left, by how it begins; or a date or number. */
const STATUS = `${DATE}|[0-9]{4,14}|\
(?:del|deact|disab|inact|remov|rem|term|leav|left|former|ex|old|arch|off|susp|exit|gone|guest|ext|z|x)[a-z]*[0-9]*`
const GUID = '[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}'
/** Any one word, or a date. */
const WORD = `${DATE}|[a-z0-9]{1,20}`

/**
 * The ways in which a directory decorates an address. Each returns the name inside, or `undefined`.
 *
 * A word needs something that sets it off: `canada@example.com` is no decoration of `ada@example.com`.
 */
const DECORATIONS: readonly ((name: string) => string | undefined)[] = [
  (name) => /^(["'`])(.+)\1$/.exec(name)?.[2],
  (name) => /^(?:<(.+)>|\[(.+)\]|\((.+)\)|\{(.+)\})$/.exec(name)?.slice(1).find(Boolean),
  // A word in brackets beside it, a comment in mail: [left] ada@example.com, ada(left)@example.com
  withoutComment,
  // Brackets as HTML writes them: &lt;ada@example.com&gt;
  (name) => /^&#?\w+;(.+)&#?\w+;$/.exec(name)?.[1],
  // A quoted local part, which mail servers read as the bare one: "ada"@example.com
  (name) => behindLocalPart(/^"+([^"@]+)"+@([^@]+)$/.exec(name)),
  // A display name before an address in brackets: Ada <ada@example.com>
  (name) => /[^<>]<(.+)>$/.exec(name)?.[1],
  // A provider's prefix: auth0|ada@example.com, live.com#ada@example.com
  (name) => /^[\w.:-]+[|#~/](.+)/.exec(name)?.[1],
  // The first part of a distinguished name: CN=ada@example.com,OU=staff
  (name) => /^\w+=([^,]+)(?:,|$)/.exec(name)?.[1],
  (name) => /^(?:mailto|smtp|sip|upn):(.+)/i.exec(name)?.[1],
  // What a link or a form made of it: ada%40example.com
  decoded,
  // A guest of Entra, whose last underscore stands for the @: ada_partner.example.com#EXT#@tenant.onmicrosoft.com
  (name) => behindLocalPart(/^(.+)_([^_]+)#EXT#@[^@]+$/i.exec(name)),
  (name) => WITH_ID.exec(name)?.[1],
  (name) => behindLocalPart(ID_BEHIND_LOCAL_PART.exec(name)),
  // One word before the whole address. A dot also parts first and last names, so behind it only a status word counts.
  (name) => BEFORE.exec(name)?.[1],
  (name) => behindLocalPart(BEHIND_LOCAL_PART.exec(name)),
  (name) => BEHIND.exec(name)?.[1],
  // A date that nothing sets off: ada@example.com2026-11-30
  (name) => DAY_BEFORE.exec(name)?.[1],
  (name) => behindLocalPart(DAY_BEHIND_LOCAL_PART.exec(name)),
  (name) => DAY_BEHIND.exec(name)?.[1],
  // What keeps a spreadsheet from reading it as something else: 'ada@example.com
  (name) => /^['+]([^'+].*[^'+])$/.exec(name)?.[1],
  // Marks around it: _ada@example.com, *ada@example.com*, ada_@example.com
  (name) => /^[-_.*~#!,;:^$%&/=?]+([^-_.*~#!,;:^$%&/=?].*)/.exec(name)?.[1],
  (name) => /^(.*[^-_.*~#!,;:^$%&/=?])[-_.*~#!,;:^$%&/=?]+$/.exec(name)?.[1],
  (name) => behindLocalPart(/^([^@]*[^@_.~*#!,;:^$%&/=?-])[_.~*#!,;:^$%&/=?-]+@([^@]+)$/.exec(name)),
]

function withoutComment(name: string): string | undefined {
  const rest = name.replace(/\[[^\]]*\]|\([^)]*\)|\{[^}]*\}/, '')
  return rest === name ? undefined : rest
}

function decoded(name: string): string | undefined {
  try {
    const plain = decodeURIComponent(name)
    return plain === name ? undefined : plain
  } catch {
    return undefined
  }
}

const WITH_ID = new RegExp(`^\\{?${GUID}\\}?[_.-]?(.+)$`, 'i')
const ID_BEHIND_LOCAL_PART = new RegExp(`^([^@]*[^@_.-])[_.-]+${GUID}@([^@]+)$`, 'i')
const BEFORE = new RegExp(`^(?:(?:${STATUS})[.+]+|(?:${WORD})[_-]+)[_.-]*([^_.-].*@.*)$`, 'i')
const BEHIND_LOCAL_PART = new RegExp(
  `^([^@]*[^@_.-])[_.-]*(?:[_-]+(?:${WORD})|\\.+(?:${STATUS}))@([^@]+)$`,
  'i',
)
const BEHIND = new RegExp(`^([^@]+@.*[^_.-])(?:_+(?:${WORD})|[.-]+(?:${STATUS}))$`, 'i')

const MONTH_AND_DAY = '(?:0[1-9]|1[0-2])[./-]?(?:0[1-9]|[12][0-9]|3[01])'
const DAY = `(?:(?:19|20)[0-9]{2}[./-]?${MONTH_AND_DAY}(?:T[0-9:.]{4,15}Z?)?|[0-9]{1,2}[./-][0-9]{1,2}[./-](?:19|20)[0-9]{2})`
const DAY_BEFORE = new RegExp(`^${DAY}[\\s_.-]*([^\\s_.0-9-].*@.*)$`)
const DAY_BEHIND_LOCAL_PART = new RegExp(`^([^@]*[^@_.0-9-])${DAY}@([^@]+)$`)
const DAY_BEHIND = new RegExp(`^([^@]+@.*[^\\s_.0-9-])[\\s_.-]*${DAY}$`)

function behindLocalPart(parts: RegExpExecArray | null): string | undefined {
  return parts ? `${parts[1]}@${parts[2]}` : undefined
}

/** No real name is longer, and a longer text would make the expressions slow. */
const LONGEST = 320
/** `"DEL_ada@example.com"` is decorated twice. */
const MOST_LAYERS = 4

/** Finds the addresses inside a decorated name, by taking off one decoration after another. */
export function bareNames(username: string): readonly string[] {
  if (username.length > LONGEST) return []
  const found = new Set<string>()
  let layer = [username]
  for (let depth = 0; depth < MOST_LAYERS; depth += 1) {
    layer = layer.flatMap(inside).filter((name) => !found.has(name))
    for (const name of layer) found.add(name)
  }
  return [...found].filter(isAddress)
}

/** A letter or a digit of any script begins it: `éada@example.com` holds no `ada@example.com`, and neither does `canada@example.com`. */
const PLAIN = /[\p{L}\p{N}][\p{L}\p{M}\p{N}._+'&%-]*@[\p{L}\p{M}\p{N}.-]*[\p{L}\p{M}\p{N}]/gu

/**
 * Finds every address that a name may hold: the bare ones, and any whole one that marks set off, in decorations that nobody listed:
 * `mailto:ada@example.com?subject=left`, `ada@example.com/phone`.
 */
export function addressesIn(username: string): readonly string[] {
  if (username.length > LONGEST) return []
  const bare = bareNames(username)
  const plain = [username, ...bare].flatMap((name) => name.match(PLAIN) ?? [])
  const all = new Set([...bare, ...plain, ...plain.flatMap(bareNames)])
  all.delete(username)
  return [...all]
}

/** Tells whether a name is an address with something around it. */
export function isDecorated(username: string): boolean {
  return username.length <= LONGEST && inside(username).length > 0
}

function inside(name: string): string[] {
  return [...DECORATIONS.flatMap((open) => open(name.trim())?.trim() ?? []), ...severalIn(name)]
}

/** One of several, or one with something beside it: ada@old.example;ada@example.com, 1042,ada@example.com */
function severalIn(name: string): string[] {
  const parts = name.split(/[,;<>()[\]]/)
  return parts.length === 1 ? [] : parts.map((part) => part.trim())
}
