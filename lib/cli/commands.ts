import { countOf } from '../words/wording.ts'
import type { Action } from './answers.ts'
import { EVIDENCE_COMMANDS } from './evidence-commands.ts'
import type { Face, Invoke, Reply } from './invoke.ts'
import { atTime, usernamesIn, wholeNumber } from './operands.ts'
import type { Option, Values } from './options.ts'
import { ORPHANS_COMMAND } from './orphans-command.ts'
import type { Terminal } from './terminal.ts'
import { plain } from './text.ts'
import type { Report } from './view.ts'

/** What is asked of which function, and what a human is asked before. */
export type Plan = {
  readonly request: { readonly action: Action } & Readonly<Record<string, unknown>>
  readonly question?: string
  /** Where it is not the function of the command. */
  readonly face?: Face
  /** How the answer is asked for, where one invocation does not give it whole. */
  ask?(invoke: Invoke): Promise<Reply>
  /** How the answer is shown, where it is not in words. */
  show?(answer: object): Promise<Report>
  /**
   * What is done about the answer, once it has been shown to the human who is asked.
   *
   * @returns what is wrong, as a text; `undefined` if there is nothing to do
   */
  further?(answer: object): Plan | string | undefined
}

/** What the command line gave to one command. */
type Given = { readonly operands: readonly string[]; readonly values: Values }

export type Command = {
  readonly usage: string
  readonly about: string
  readonly face: Face
  /** Those it knows beside the common ones. */
  readonly options: readonly Option[]
  /** Those it cannot do without. */
  readonly needs?: readonly Option[]
  /** How many operands it takes. */
  readonly operands: 'none' | 'one' | 'some' | 'any'
  /** @returns what is wrong, as a text */
  plan(given: Given, terminal: Terminal): Plan | string | Promise<Plan | string>
}

const CLAIM: readonly Option[] = ['by', 'because']

/** What there is, by its name on the command line. */
export const COMMANDS: Readonly<Record<string, Command>> = {
  remove: {
    usage:
      'remove <username> [--org ID]… [--alias NAME]… [--effective-at T] [--reason R] [--by WHO] [--dry-run]',
    about: 'removes a person, under every guard; --dry-run only says whether it would',
    face: 'operator',
    options: ['org', 'alias', 'effective-at', 'reason', 'by', 'dry-run'],
    operands: 'one',
    plan({ operands: [username = ''], values }) {
      const { org: orgIds, alias: aliases, reason, by } = values
      const dryRun = values['dry-run']
      const request = { action: 'remove', username, orgIds, aliases, reason, by, dryRun } as const
      const where = orgIds ? countOf(orgIds.length, 'organization') : 'every organization'
      const question = dryRun ? undefined : `Remove ${plain(username)} from ${where}?`
      return { request: { ...request, effectiveAt: values['effective-at'] }, question }
    },
  },
  lookup: {
    usage: 'lookup <username>',
    about: 'tells where a person is a member, and all their cases',
    face: 'operator-read',
    options: [],
    operands: 'one',
    plan: ({ operands: [username] }) => ({ request: { action: 'lookup', username } }),
  },
  leftovers: {
    usage: 'leftovers <username>',
    about:
      'tells what outlives the membership: project invitations and database users of that name; deletes nothing',
    face: 'operator-read',
    options: [],
    operands: 'one',
    plan: ({ operands: [username] }) => ({ request: { action: 'leftovers', username } }),
  },
  cases: {
    usage: 'cases [<case>…] [--open] [--kind K] [--since 7d|T]',
    about: 'lists the open cases, or those received since then',
    face: 'operator-read',
    options: ['open', 'kind', 'since'],
    operands: 'any',
    plan({ operands, values: { open, kind, since } }, terminal) {
      const cases = operands.length > 0 ? operands : undefined
      return { request: { action: 'cases', cases, open, kind, since: atTime(since, terminal.now(), -1) } }
    },
  },
  release: {
    usage: 'release <case>… | --all --kind K --expect N  --by WHO --because WHY',
    about: 'lets held cases pass the guard that holds them; all others judge them again',
    face: 'operator',
    options: ['all', 'kind', 'expect', 'no-wait', ...CLAIM],
    needs: CLAIM,
    operands: 'any',
    plan({ operands, values: { all, kind, expect, by, because } }) {
      if (operands.length > 0 === (all === true)) return 'expected either cases or --all'
      if (all && (kind === undefined || expect === undefined)) return '--all needs --kind and --expect'
      const number = wholeNumber(expect)
      if (number === 'wrong') return '--expect: expected the number of cases that you mean'
      const cases = all ? undefined : operands
      const request = { action: 'release', cases, all, kind, expect: number, by, because } as const
      const which = all
        ? `${number === 1 ? 'the' : 'all'} ${countOf(number ?? 0, 'case')} held for ${plain(kind ?? '')}`
        : countOf(operands.length, 'case')
      return { request, question: `Release ${which}, so that people are removed?` }
    },
  },
  retry: {
    usage: 'retry <case>…',
    about: 'lets open cases be judged again at once',
    face: 'operator',
    options: ['no-wait'],
    operands: 'some',
    plan: ({ operands: cases }) => ({ request: { action: 'retry', cases } }),
  },
  cancel: {
    usage: 'cancel <case>…  --by WHO --because WHY',
    about: 'ends open cases without a removal',
    face: 'operator',
    options: ['no-wait', ...CLAIM],
    needs: CLAIM,
    operands: 'some',
    plan: ({ operands: cases, values: { by, because } }) => ({
      request: { action: 'cancel', cases, by, because },
      question: `Cancel ${countOf(cases.length, 'case')}, so that nobody is removed by them?`,
    }),
  },
  approve: {
    usage: 'approve --usernames FILE|- --until 7d|T  --by WHO --because WHY',
    about: 'announces leavers, one name a line: until then they do not count for the daily limit',
    face: 'operator',
    options: ['usernames', 'until', ...CLAIM],
    needs: ['usernames', 'until', ...CLAIM],
    operands: 'none',
    async plan({ values: { usernames: file = '-', until, by, because } }, terminal) {
      const usernames = await usernamesIn(file, terminal)
      if (typeof usernames === 'string') return usernames
      const request = { action: 'approve', usernames, by, because } as const
      return { request: { ...request, until: atTime(until, terminal.now(), 1) } }
    },
  },
  pause: {
    usage: 'pause [--org ID]  --by WHO --because WHY',
    about: 'stops all removals at once, of one organization or of all',
    face: 'operator',
    options: ['org', ...CLAIM],
    needs: CLAIM,
    operands: 'none',
    plan: ({ values }) => withOneOrg('pause', values),
  },
  resume: {
    usage: 'resume [--org ID]  --by WHO --because WHY',
    about: 'ends a pause, and the latch of an organization whose daily limit was passed',
    face: 'operator',
    options: ['org', ...CLAIM],
    needs: CLAIM,
    operands: 'none',
    plan(given) {
      const plan = withOneOrg('resume', given.values)
      if (typeof plan === 'string') return plan
      const where = plan.request.orgId === undefined ? 'all organizations' : 'one organization'
      return { ...plan, question: `Resume the removals of ${where}?` }
    },
  },
  status: {
    usage: 'status [--test-alert --by WHO]',
    about: 'tells the mode, limits, pauses, blocks, open cases, and the last event of each source',
    face: 'operator-read',
    options: ['test-alert', 'by'],
    operands: 'none',
    plan({ values: { 'test-alert': alerts = false, by } }) {
      if (alerts !== (by !== undefined)) return alerts ? '--by is needed' : '--by: only with --test-alert'
      return alerts ? testAlert(by) : { request: { action: 'status' } }
    },
  },
  'test-alert': {
    usage: 'test-alert --by WHO',
    about: 'sends one alert, so that somebody sees it arrive; the same as status --test-alert',
    face: 'operator',
    options: ['by'],
    needs: ['by'],
    operands: 'none',
    plan: ({ values: { by } }) => testAlert(by),
  },
  ...EVIDENCE_COMMANDS,
  orphans: ORPHANS_COMMAND,
}

function testAlert(by: string | undefined): Plan {
  return { face: 'operator', request: { action: 'test_alert', by } }
}

function withOneOrg(action: 'pause' | 'resume', { org = [], by, because }: Values): Plan | string {
  if (org.length > 1) return '--org: expected one organization'
  return { request: { action, orgId: org[0], by, because } }
}
