import { instant } from '../cli/text.ts'
import { stopOf } from '../core/org-state.ts'
import { paused } from '../core/stops.ts'
import { shortCaller } from '../words/caller.ts'
import { writes } from './act.ts'
import { CLAIM, ORG, wordOf } from './fields.ts'
import { changeStops, unknownOrg } from './organizations.ts'

/** Stops all removals of one organization, or of all: effective at the next DELETE. An earlier pause stays in force. */
export const pause = writes({
  name: 'pause',
  about: 'stops all removals, or those of one organization, at once',
  examples: [
    'pause --because "wrong people are leaving"',
    'pause --org 32b6e34b3d91647abb20e7b8 --because HR-7',
  ],
  fields: { orgId: ORG, ...CLAIM },
  async does(deps, request, invocation) {
    const refused = unknownOrg(deps.organizations, request.orgId)
    if (refused) return refused
    const word = wordOf(deps, request, invocation)
    const { after } = await changeStops(deps, request.orgId, (state, orgId) => paused(state, word, orgId))
    return { paused: request.orgId ?? 'all', stop: stopOf(after, 'paused') }
  },
  show({ paused: what, stop }) {
    const where = what === 'all' ? 'All organizations are paused' : `Organization ${what} is paused`
    const who = stop && ` since ${instant(stop.since)} by ${shortCaller(stop.actor)}: ${stop.because}`
    return { text: `${where}${who ?? ''}`, status: 0 }
  },
})
