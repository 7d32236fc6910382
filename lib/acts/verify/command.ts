import { command, type Desk, type Failed, isFailed, wrong } from '../../cli/command.ts'
import { ago } from '../../cli/instants.ts'
import type { Terminal } from '../../cli/terminal.ts'
import { codeOf, paragraphs } from '../../cli/text.ts'
import type { CommittedPage } from '../../evidence/verify/committed.ts'
import { type Finding, KINDS, MOST_NAMED } from '../../evidence/verify/findings.ts'
import { PARTS, type Verification, verify } from '../../evidence/verify/verify.ts'
import { utc } from '../../evidence/words.ts'
import { DAY_MS, HOUR_MS } from '../../words/duration.ts'
import { plain } from '../../words/plain.ts'
import { countOf } from '../../words/wording.ts'

/** How long an event may take to reach the archive. After that, `ArchiveBehindAlarm` alerts. */
const MOST_DELAY_MS = HOUR_MS

/** Reads the archive by itself, and asks the function for the ledger's side. */
export const VERIFY = command({
  name: 'verify',
  about: 'checks the archive and the ledger against each other, and names every event on which they differ',
  examples: [
    'verify --archive s3://BUCKET/audit --since 90d',
    'verify --archive ./audit --report report.html',
  ],
  options: {
    archive: {
      takes: 'PLACE',
      needed: true,
      about: 'the archive: s3://BUCKET/audit (stack output AuditBucketName), or a folder with a copy of it',
    },
    since: { takes: 'WHEN', reads: ago, about: 'compare from the beginning of that UTC day; default 30d' },
    report: {
      takes: 'FILE',
      reads: readReport,
      about: 'check a report too: the page, or the output of report --json',
    },
    until: {
      takes: 'WHEN',
      reads: ago,
      about: 'compare until then; default an hour ago. When the copy was made, at the latest',
    },
  },
  async run(desk, { archive, since, until, report: checked }) {
    const now = desk.terminal.now()
    const from = new Date(since ?? checked?.evidence.since ?? now.getTime() - 30 * DAY_MS)
    const to = new Date(Math.min(Date.parse(until ?? now.toISOString()), now.getTime() - MOST_DELAY_MS))
    if (Number.isNaN(from.getTime() + to.getTime()) || from > to)
      return wrong('expected --since before --until')
    const period = { since: new Date(Math.floor(from.getTime() / DAY_MS) * DAY_MS), until: to }
    const first = await pageOf(desk, period.since)
    if (isFailed(first)) return first
    const spill = desk.spill(PARTS)
    try {
      const files = desk.files(archive, period.since)
      const check = checked && (await reportChecks()).reportCheck(checked.evidence)
      const result = await verify({
        ...period,
        files,
        self: first,
        spill,
        pages: pagesFrom(desk, first, period.since),
        ...(check && { onEvent: check.onEvent }),
      })
      const ofReport = [...(checked?.findings ?? []), ...(check?.findings() ?? [])]
      if (result.files === 0) return wrong(`--archive: no files in ${plain(archive)}`)
      const whole = withReport(result, ofReport)
      return { answer: whole, text: textOf(whole, check?.compared()), status: whole.findings > 0 ? 1 : 0 }
    } catch (error) {
      if (isFailed(error)) return error
      const code = codeOf(error)
      return { error: `--archive: cannot read ${plain(archive)}: ${code}`, status: code === 'ENOENT' ? 2 : 3 }
    } finally {
      spill.close()
    }
  },
})

/** Imported on demand: they need the page and its pictures, and no other command does. */
const reportChecks = () => import('../../evidence/verify/check-report.ts')

async function readReport(file: string, terminal: Terminal) {
  const pieces = await Array.fromAsync(terminal.readBytes(file)).catch(codeOf)
  if (typeof pieces === 'string') return wrong(`cannot read ${plain(file)}: ${pieces}`)
  const { reportIn } = await reportChecks()
  return reportIn(Buffer.concat(pieces).toString()) ?? wrong(`${plain(file)} cannot be checked: ${CHECKABLE}`)
}

const CHECKABLE = 'expected the page of report --html, or the output of report --json; a CSV has no digest'

function withReport(result: Verification, ofReport: readonly Finding[]): Verification {
  return { ...result, findings: result.findings + ofReport.length, named: [...ofReport, ...result.named] }
}

function pageOf(desk: Desk, since: Date, cursor?: string): Promise<CommittedPage | Failed> {
  return desk.ask<CommittedPage>('operator-read', { action: 'verify', since, cursor })
}

async function* pagesFrom(desk: Desk, first: CommittedPage, since: Date): AsyncIterable<CommittedPage> {
  yield first
  for (let cursor = first.next; cursor !== undefined; ) {
    const page = await pageOf(desk, since, cursor)
    if (isFailed(page)) throw page
    yield page
    cursor = page.next
  }
}

/** Says in words what was compared, and what differs. */
function textOf({ since, until, findings, named, ...result }: Verification, compared?: number): string {
  const { files, archived, repeated, committed, waiting, vouched, days } = result
  return paragraphs(
    `${utc(since)} to ${utc(until)} UTC: ${countOf(archived, 'event')} in ${countOf(files, 'file')} of the archive, ${committed} in the ledger`,
    `${countOf(days, 'day')} held against the manifest · ${repeated} repeated · ${waiting} waiting for the audit bus · ${vouched} that only manifests vouch for`,
    compared !== undefined && `${countOf(compared, 'case')} of the report compared with their last event`,
    findings === 0
      ? 'Both records agree.'
      : [`${countOf(findings, 'finding')}:`, ...named.map(lineOf)].join('\n'),
    findings > MOST_NAMED && `${findings - MOST_NAMED} more are not named; mend these, and verify again`,
  )
}

function lineOf({ kind, record, uid, sequence, day, where, changed, note }: Finding): string {
  const subject = uid ?? (record === undefined ? day : `${record}/${sequence}`)
  const parts = [
    `${kind}: ${[subject, where]
      .filter((part) => part !== undefined)
      .map(plain)
      .join(' in ')}: ${KINDS[kind]}`,
    note && `(${plain(note)})`,
    changed && `The manifest of the day says that the ${changed} was changed.`,
  ]
  return parts.filter(Boolean).join(' ')
}
