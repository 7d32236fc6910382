import { table } from '../cli/table.ts'
import { instant, paragraphs, span } from '../cli/text.ts'
import type { Channel, DeadLetter } from '../core/ports.ts'
import { holdsUsername } from '../senders/holds-username.ts'
import { decodeMessage } from '../senders/own-message.ts'
import { parseJson } from '../words/body.ts'
import { countOf } from '../words/wording.ts'
import { reads } from './act.ts'
import { MOST_IDS } from './case-table.ts'
import { CHANNEL, CHANNELS } from './fields.ts'

/** Lists what lies on the dead letter queues (DLQ), and why. It shows no bodies: they may hold anything. */
export const dlq = reads({
  name: 'dlq',
  about: 'lists the messages that could not be read or were given up, and why',
  examples: ['dlq', 'dlq --channel events'],
  fields: { channel: { ...CHANNEL, about: 'of one queue: events, topic or work' } },
  async does({ deadLetters }, { channel }, { deadline }) {
    const letters: Listed[] = []
    const seen = await Promise.all(
      (channel === undefined ? CHANNELS : [channel]).map((one) =>
        deadLetters.visit(
          one,
          async (letter) => {
            letters.push(listed(letter))
            return 'keep'
          },
          deadline,
        ),
      ),
    )
    letters.sort((one, other) => one.sentAt.getTime() - other.sentAt.getTime())
    return { letters, isCut: seen.includes(false) }
  },
  show({ letters, isCut }, { now, width }) {
    if (letters.length === 0) return { text: 'Nothing lies on a DLQ', status: 0 }
    const rows = letters.map(({ id, channel, sentAt, reason, namesUsername }) => ({
      cells: [id, channel, span(sentAt, now), namesUsername ? 'yes' : 'no'],
      below: reason ?? GIVEN_UP,
    }))
    const oldest = letters[0] && `The oldest is deleted by SQS 14 days after ${instant(letters[0].sentAt)}`
    const text = paragraphs(
      table(['MESSAGE', 'CHANNEL', 'AGE', 'NAMES SOMEBODY'], rows, width),
      `${countOf(letters.length, 'message')}${isCut ? ', and there are more' : ''}. ${oldest}`,
      letters.some(({ reason }) => reason !== undefined) && UNREADABLE,
      `Once this stack is repaired:\nnext: atlas-offboarding redrive ${redriveArguments(letters)} --because WHY`,
    )
    return { text, status: 1 }
  },
})

/** The arguments that make `redrive` take these messages: their ids, or `--all` and their number where they are many. */
function redriveArguments(letters: readonly Listed[]): string {
  if (letters.length <= MOST_IDS) return letters.map(({ id }) => id).join(' ')
  const [channel = '', ...others] = new Set(letters.map((letter) => letter.channel))
  return `--all ${others.length === 0 ? `--channel ${channel} ` : ''}--expect ${letters.length}`
}

const UNREADABLE = [
  'An unreadable message stays unreadable, unless this stack was changed (a parameter, a later version).',
  'Ask its sender for a new message in the form of README, with what the line above names. Or remove the person by hand:',
  'next: atlas-offboarding remove USERNAME --because WHY',
].join('\n')
const GIVEN_UP = 'given up after many tries; see the log of that time'

type Listed = {
  readonly id: string
  readonly channel: Channel
  readonly sentAt: Date
  readonly reason?: string
  readonly namesUsername: boolean
}

function listed({ id, channel, sentAt, reason, body }: DeadLetter): Listed {
  const namesUsername = holdsUsername(body) || isReportOfSomebody(body)
  return { id, channel, sentAt, ...(reason !== undefined && { reason }), namesUsername }
}

/** The http function reports a body that it could not read: whether it named somebody, but not whom. */
function isReportOfSomebody(body: string): boolean {
  const message = decodeMessage(parseJson(body))
  return 'kind' in message && message.kind === 'unreadable' && message.namesUsername
}
