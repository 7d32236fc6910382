import { isFailed, wrong } from '../cli/command.ts'
import { paragraphs } from '../cli/text.ts'
import type { DeadLetter } from '../core/ports.ts'
import { remember } from '../core/runner.ts'
import { noticeDraft } from '../words/audit-event.ts'
import { countOf } from '../words/wording.ts'
import { ACTS, type OperatorDeps, writes } from './act.ts'
import { ALONE, CHANNEL, CHANNELS, CLAIM, COUNT, LETTERS, SWITCH, wordOf } from './fields.ts'

/**
 * Has dead letters read once more, each by the rules of the channel that had brought it. Their ids stay, so a departure that is in the ledger
 * already is only a repetition. A letter is deleted once it is on the work queue.
 */
export const redrive = writes({
  name: 'redrive',
  about: 'has messages of a DLQ read once more, as if their channel brought them again',
  examples: [
    'redrive 5d8a7a52-4d8c-4c53-9b5e-0d3b1f6f0c11 --because "parser mended"',
    'redrive --all --channel events --expect 3 --because "stream repaired"',
  ],
  fields: { letters: LETTERS, ...CLAIM, ...ALONE },
  options: {
    all: { ...SWITCH, about: 'everything there is; needs --expect' },
    channel: { ...CHANNEL, about: 'with --all: of one queue only' },
    expect: { ...COUNT, about: 'with --all: how many messages you mean' },
  },
  needsTwo: () => true,
  async does(deps, request, invocation) {
    const letters = [...new Set(request.letters ?? [])]
    if (letters.length === 0) return { error: '`letters`: expected the ids of messages; `dlq` lists them' }
    const { at, because, requestId, ...actor } = wordOf(deps, request, invocation)
    const unmapped = { letters, because, request_id: requestId }
    const message = `${countOf(letters.length, 'dead letter')} read again. Whoever they name may be removed now`
    const notice = noticeDraft({ name: 'redriven', at, actor, message, unmapped })
    // Before the act, so that humans are alerted whatever happens then.
    await remember(deps, ACTS, () => ({ state: {}, drafts: [notice] }))
    const redriven = await redriveAll(deps, new Set(letters), invocation.deadline)
    return { redriven, notFound: letters.filter((id) => !redriven.includes(id)) }
  },
  async run(desk, { all, channel, expect, ...request }) {
    const { letters: named = [] } = request
    if (named.length > 0 === (all === true)) return wrong('expected either messages or --all')
    if (all && expect === undefined) return wrong('--all needs --expect, with the number of messages')
    const there = all ? await desk.ask<Listing>('operator-read', { action: 'dlq', channel }) : undefined
    if (isFailed(there)) return there
    const letters = there ? there.letters.map(({ id }) => id) : named
    if (there && letters.length !== expect)
      return wrong(`there are ${letters.length} messages, not ${expect}`)
    const no = await desk.confirm(`Have ${countOf(letters.length, 'message')} read again?`)
    if (no) return no
    const answer = await desk.ask<Answer>('operator', { action: 'redrive', ...request, letters })
    if (isFailed(answer)) return answer
    const { redriven, notFound } = answer
    const text = paragraphs(
      `Being read again: ${countOf(redriven.length, 'message')}. What is still unreadable comes back: atlas-offboarding dlq`,
      notFound.length > 0 && `Not found, or not taken by the queue: ${notFound.join(', ')}`,
    )
    return { text, answer, status: notFound.length > 0 ? 1 : 0 }
  },
})

type Answer = { readonly redriven: readonly string[]; readonly notFound: readonly string[] }
type Listing = { readonly letters: readonly { readonly id: string }[] }

/** @returns the ids of those that are on the work queue now */
async function redriveAll(
  { deadLetters, queue }: OperatorDeps,
  wanted: ReadonlySet<string>,
  deadline: Date,
): Promise<readonly string[]> {
  const redriven: string[] = []
  const sendAgain = async ({ id, channel, body, senderId, cameFrom }: DeadLetter) => {
    if (!wanted.has(id)) return 'keep'
    const from = { ...(senderId !== undefined && { senderId }), ...(cameFrom !== undefined && { cameFrom }) }
    const isTaken = await queue.send([{ message: { kind: 'redriven', channel, body, ...from } }]).then(
      () => true,
      () => false,
    )
    if (!isTaken) return 'keep'
    redriven.push(id)
    return 'delete'
  }
  await Promise.all(CHANNELS.map((channel) => deadLetters.visit(channel, sendAgain, deadline)))
  return redriven
}
