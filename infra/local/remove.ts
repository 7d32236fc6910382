import type { remove } from '../../lib/acts/remove.ts'
import { adviceOn } from './advice.ts'
import { invokeOperator } from './invoke-operator.ts'
import type { Printer } from './print.ts'
import { openScene } from './scene.ts'
import type { LocalStack } from './stack.ts'
import type { Told } from './told.ts'

type Wish = { readonly username: string; readonly dryRun: boolean }
type Answer = Told<Awaited<ReturnType<typeof remove>>>
type OneOutcome = Extract<Answer, { outcomes: unknown }>['outcomes'][number]

/**
 * Has the operator function remove a person, as on-call would, and tells how it ended in each organization.
 *
 * @returns the exit status: 0 if the person is out everywhere, 1 if not, 2 if the request is wrong
 */
export async function removeOnRequest(stack: LocalStack, printer: Printer, wish: Wish): Promise<number> {
  const { username, dryRun } = wish
  const scene = openScene(stack, printer)
  const what = `${dryRun ? 'dry run for' : 'remove'} ${username}`
  printer.title(`On-call asks the operator function: ${what}`)
  printer.step({
    step: 'received',
    at: new Date(),
    text: what,
    facts: { source: 'operator', username, dryRun },
  })
  const answer: Answer = await invokeOperator(stack, { action: 'remove', ...wish })
  if ('error' in answer) {
    printer.step({
      step: 'wrong',
      at: new Date(),
      text: answer.error,
      facts: { error: answer.error },
      tone: 'bad',
    })
    return 2
  }

  const uids = answer.outcomes.map((one) => `${one.case}/${one.attempts}`)
  await Promise.all(uids.map((uid) => scene.timeline.audited(({ metadata }) => metadata.uid === uid)))
  scene.end()
  printer.note('')
  const done = answer.outcomes.map((one) => tellOutcome(printer, one))
  if (answer.pending) printer.note('Not every organization has an outcome yet; the work goes on')
  return !answer.pending && done.every(Boolean) ? 0 : 1
}

/** @returns whether the person is out of this organization */
function tellOutcome(printer: Printer, { orgId, case: caseId, outcome }: OneOutcome): boolean {
  if (!outcome) return false
  const { text, next, done } = adviceOn(outcome, caseId)
  const tone = done ? 'good' : 'bad'
  printer.outcome({ orgId, caseId, outcome, text: `Organization ${orgId}: ${text}`, next, tone })
  return done
}
