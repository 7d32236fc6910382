/** Where an act takes effect. */
export type Place = {
  readonly stack: string
  readonly account: string
  readonly region: string
  /** Its organizations, with the names that the stack was given for humans. */
  readonly orgs: readonly { readonly orgId: string; readonly name?: string }[]
}

/** Says which installation it is. */
export function placeLine({ stack, account, region }: Place): string {
  return `${stack}, account ${account}, ${region}`
}

/** More names would push the question off the screen. */
const MOST_NAMED = 5

/** Lists the organizations by name, those without one by id. */
export function orgsLine({ orgs }: Place): string {
  const named = orgs.slice(0, MOST_NAMED).map(({ orgId, name = orgId }) => name)
  return [...named, ...(orgs.length > MOST_NAMED ? [`and ${orgs.length - MOST_NAMED} more`] : [])].join(', ')
}

/** Puts an organization's name before each of its ids. */
export function withNames(text: string, { orgs }: Place): string {
  return orgs.reduce(
    (named, { orgId, name }) => (name ? named.replaceAll(orgId, `${name} (${orgId})`) : named),
    text,
  )
}
