import { CASES, command, failedBy, withDates } from '../../cli/command.ts'
import { fromNow, paragraphs } from '../../cli/text.ts'
import { plain } from '../../words/plain.ts'
import type { Answer } from '../act.ts'
import { follow, NO_WAIT } from '../follow.ts'
import { showResults } from '../results-table.ts'
import type { retry } from './act.ts'

type Retried = Answer<typeof retry>

export const RETRY = command({
  name: 'retry',
  about: 'retries open cases now, or the credential of a stopped organization',
  examples: ['retry c-0123456789abcdef0123', 'retry --org 32b6e34b3d91647abb20e7b8'],
  operands: { ...CASES, least: 0 },
  options: {
    org: { takes: 'ORG', about: 'try the credential of this organization', field: 'orgId' },
    by: { takes: 'WHO', about: 'your name; default: your local user name' },
    ...NO_WAIT,
  },
  async run(desk, { operands, values: { org: orgId, 'no-wait': noWait } }) {
    if (operands.length > 0 === (orgId !== undefined))
      return { error: 'expected either cases or --org', status: 2 }
    const what = orgId === undefined ? { cases: operands } : { orgId }
    const reply = await desk.ask('operator', { action: 'retry', ...what })
    if (reply.kind !== 'answer') return failedBy(reply)
    const retried = withDates<Retried>(reply)
    const followed = await follow(desk, retried, noWait)
    const shown = showResults(followed, desk.view(), 'not tried again yet')
    const probe = probeLine(retried, desk.view().now)
    return {
      answer: { ...retried, ...followed },
      text: paragraphs(probe, retried.cases.length > 0 && shown.text),
      status: retried.probe === 'under_way' || retried.probe === 'no_case' ? 1 : shown.status,
    }
  },
})

function probeLine({ orgId = '', probe, code = '', nextProbeAt }: Retried, now: Date): string | undefined {
  const where = `Organization ${plain(orgId)}`
  const next = nextProbeAt ? ` The next try is due ${fromNow(nextProbeAt, now)}.` : ''
  switch (probe) {
    case undefined:
      return undefined
    case 'not_stopped':
      return `${where} is not stopped by its credential.`
    case 'no_case':
      return `${where} is stopped (${plain(code)}), and no case waits. The next departure tries the credential.`
    case 'under_way':
      return `${where} is stopped (${plain(code)}), and a worker has the case that waits.${next}`
    case 'due':
      return `${where} was stopped (${plain(code)}): the case below tries its credential now. If it succeeds, the others continue within 5 min.`
  }
}
