import { askAndShow, CLAIM, command, type Shown } from '../../cli/command.ts'
import { instant } from '../../cli/text.ts'
import { plain } from '../../words/plain.ts'
import type { Answer } from '../act.ts'
import type { pause } from './act.ts'

export const PAUSE = command({
  name: 'pause',
  about: 'stops all removals, or those of one organization, at once',
  examples: [
    'pause --because "wrong people are leaving"',
    'pause --org 32b6e34b3d91647abb20e7b8 --because HR-7',
  ],
  options: { org: { takes: 'ORG', about: 'this organization only', field: 'orgId' }, ...CLAIM },
  run: (desk, { values: { org: orgId, because } }) =>
    askAndShow(desk, 'operator', { action: 'pause', orgId, because }, showPaused),
})

function showPaused({ paused, stop }: Answer<typeof pause>): Omit<Shown, 'answer'> {
  const what = paused === 'all' ? 'All organizations are paused' : `Organization ${plain(paused)} is paused`
  const by = stop && plain(stop.claimedBy ?? stop.actor)
  const who = stop ? ` since ${instant(stop.since)} by ${by}: ${plain(stop.because)}` : ''
  return { text: `${what}${who}`, status: 0 }
}
