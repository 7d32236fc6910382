import { askAndShow, command, type Shown } from '../../cli/command.ts'
import { plain } from '../../words/plain.ts'
import type { Answer } from '../act.ts'
import type { testAlert } from './act.ts'

export const TEST_ALERT = command({
  name: 'test-alert',
  about: 'sends one alert, so that somebody sees it arrive',
  examples: ['test-alert'],
  options: { by: { takes: 'WHO', about: 'your name; default: your local user name' } },
  run: (desk) => askAndShow(desk, 'operator', { action: 'test_alert' }, showSent),
})

function showSent({ testAlert: uid, taken }: Answer<typeof testAlert>): Omit<Shown, 'answer'> {
  const text = taken
    ? `Sent ${plain(uid)}: somebody should be alerted now`
    : 'The audit bus did not take it: no alert would arrive, of anything'
  return { text, status: taken ? 0 : 1 }
}
