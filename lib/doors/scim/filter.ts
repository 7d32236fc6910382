/** Whom a filter asks for. */
export type Filter =
  | { readonly kind: 'username'; readonly username: string }
  /** Asks by what we do not keep. */
  | { readonly kind: 'nobody' }
  | { readonly kind: 'invalid' }

const LONGEST = 1_000
const TEXT = String.raw`("(?:[^"\\]|\\.)*")`
const CORE = String.raw`(?:urn:ietf:params:scim:schemas:core:2\.0:user:)?`

/** The address of a person is the username: Atlas knows no other. */
const BY_USERNAME = [
  pattern(`${CORE}userName eq ${TEXT}`),
  pattern(String.raw`${CORE}emails\.value eq ${TEXT}`),
  pattern(String.raw`${CORE}emails\[ ?value eq ${TEXT} ?\]`),
  pattern(String.raw`${CORE}emails\[ ?type eq "work" and value eq ${TEXT} ?\]`),
  pattern(String.raw`${CORE}emails\[ ?type eq "work" ?\]\.value eq ${TEXT}`),
]
const BY_EXTERNAL_ID = pattern(`${CORE}externalId eq ${TEXT}`)

/**
 * Reads a filter: the forms that identity providers match users with. Names and operators in any case.
 *
 * @see https://www.rfc-editor.org/rfc/rfc7644#section-3.4.2.2
 */
export function readFilter(filter: string): Filter {
  if (filter.length > LONGEST) return { kind: 'invalid' }
  const text = filter.trim()
  if (textIn(BY_EXTERNAL_ID, text) !== undefined) return { kind: 'nobody' }
  for (const form of BY_USERNAME) {
    const username = textIn(form, text)
    if (username !== undefined) return { kind: 'username', username }
  }
  return { kind: 'invalid' }
}

/** @param form - a space stands for any white space, and one after `[` or before `]` may be absent */
function pattern(form: string): RegExp {
  return new RegExp(`^${form.replaceAll(' ?', String.raw`\s*`).replaceAll(' ', String.raw`\s+`)}$`, 'i')
}

function textIn(form: RegExp, filter: string): string | undefined {
  const quoted = form.exec(filter)?.[1]
  if (quoted === undefined) return undefined
  try {
    return JSON.parse(quoted)
  } catch {
    return undefined
  }
}
