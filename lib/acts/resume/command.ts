import { askAndShow, CLAIM, command, type Shown } from '../../cli/command.ts'
import { instant } from '../../cli/text.ts'
import { plain } from '../../words/plain.ts'
import { countOf } from '../../words/wording.ts'
import type { Answer } from '../act.ts'
import { MOST_IDS } from '../case-table.ts'
import type { resume } from './act.ts'

export const RESUME = command({
  name: 'resume',
  about: 'lifts a pause and an exceeded limit',
  examples: [
    'resume --because "HR confirmed"',
    'resume --org 32b6e34b3d91647abb20e7b8 --because "HR confirmed"',
  ],
  options: { org: { takes: 'ORG', about: 'this organization only', field: 'orgId' }, ...CLAIM },
  async run(desk, { values: { org: orgId, because } }) {
    const where = orgId === undefined ? 'all organizations' : `organization ${plain(orgId)}`
    const said = await desk.confirm(`Resume removals in ${where}?`)
    return said ?? (await askAndShow(desk, 'operator', { action: 'resume', orgId, because }, showResumed))
  },
})

function showResumed(answer: Answer<typeof resume>): Omit<Shown, 'answer'> {
  const { resumed, changed, retried, busy, massRemoval, full, stillStopped } = answer
  const what = resumed === 'all' ? 'All organizations' : `Organization ${plain(resumed)}`
  const lines = [
    changed ? `${what}: resumed` : `${what}: nothing was paused or over its limit`,
    retried > 0 && `${countOf(retried, 'case')} retried`,
    busy.length > MOST_IDS && `${countOf(busy.length, 'case')} not reached; do it again to reach them`,
    busy.length > 0 &&
      busy.length <= MOST_IDS &&
      `Not retried; next: atlas-offboarding retry ${busy.map(plain).join(' ')}`,
    massRemoval > 0 &&
      `${countOf(massRemoval, 'case')} held by the limit; next: atlas-offboarding release --all --kind mass_removal --expect ${massRemoval} --because WHY`,
    full &&
      `${full.removals} of ${full.limit} removals in 24 hours are used up until ${instant(full.freeAt)}: the next leaver stops the organization again`,
    full &&
      'If they are announced; next: atlas-offboarding approve --usernames FILE --until 2d --because WHY',
    stillStopped.length > 0 &&
      `Still stopped: ${stillStopped.map(plain).join(', ')}; see atlas-offboarding status`,
  ]
  const isStopped = stillStopped.includes('all') || stillStopped.includes(resumed)
  return {
    text: lines.filter(Boolean).join('\n'),
    status: busy.length > 0 || isStopped || massRemoval > 0 ? 1 : 0,
  }
}
