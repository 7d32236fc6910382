import type { Place } from '../cli/place.ts'
import { actOf, type Invocation, type ReaderDeps } from './act.ts'

/** Tells in which account, region and stack acts take effect, and on which organizations: what a human reads before answering a question. */
export const place = actOf({
  name: 'place',
  fields: {},
  async does(deps: ReaderDeps, _request, { self }: Invocation): Promise<Place> {
    return placeOf(deps, self)
  },
})

/** @param self - the function that was invoked, which is called after its stack */
export function placeOf({ organizations, settings }: ReaderDeps, self: Invocation['self']): Place {
  const { functionName = 'unknown', accountId: account = 'unknown', region = 'unknown' } = self ?? {}
  const { orgNames = {} } = settings
  const orgs = organizations.orgIds.map((orgId) => {
    const name = orgNames[orgId]
    return { orgId, ...(name !== undefined && { name }) }
  })
  return { stack: functionName.replace(/-operator-read$/, ''), account, region, orgs }
}
