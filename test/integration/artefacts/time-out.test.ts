import { expect, test, vi } from 'vitest'
import { ORG } from '../../support/cases.ts'
import { letTimePass } from './ledger-items.ts'
import { answersTo } from './requests.ts'
import { expectSound, testOcsf } from './sound.ts'
import { type Stack, startStack } from './stack.ts'
import { swept } from './swept.ts'
import { told } from './told.ts'

/** Shortened from the template's 60: of these five the worker keeps three for writing down how the attempt ended. */
const timeoutSeconds = 5
const FOR_EVER_MS = 600_000
/** Longer than a dead worker's lock (two minutes), and than a sweep lets a case be overdue. */
const THREE_MINUTES_MS = 180_000

const DELETES = [
  { name: 'applied', reset: 'after_applying', evidence: 'inferred', answers: [0] },
  { name: 'not applied', reset: 'before_applying', evidence: 'answered', answers: [0, 204] },
] as const

test.each(DELETES)(
  'a worker that Lambda times out in the middle of a DELETE that was $name is followed up by the sweep',
  async ({ reset, evidence, answers }) => {
    await using stack = await startStack({ timeoutSeconds })
    stack.atlas.script({ on: { operation: 'removeOrgUser' }, reset, delayMs: FOR_EVER_MS })

    await stack.departs('grace@example.com')
    await deleting(stack)
    // One that could would give up in time, as the next test shows: this one gets no processor until its time is out.
    stack.departures.freeze()
    await timedOut(stack)
    await letTimePass(stack.aws, THREE_MINUTES_MS)
    await swept(stack)

    expect(await told(stack, 1, 1)).toMatchObject([{ attempt: 1, kind: 'removed', evidence }])
    expect(answersTo(stack, 'removeOrgUser')).toEqual(answers)
    await expectSound(stack, { [ORG]: ['grace@example.com'] })
  },
)

test.each(DELETES)(
  'a worker whose DELETE is not answered within its time-out writes so down in time: $name',
  async ({ reset, evidence, answers }) => {
    await using stack = await startStack({ timeoutSeconds })
    stack.atlas.script({ on: { operation: 'removeOrgUser' }, reset, delayMs: FOR_EVER_MS })

    await stack.departs('grace@example.com')
    expect(await told(stack, 1)).toMatchObject([{ attempt: 1, kind: 'deferred' }])
    expect(stack.departures.logs.filter(isTimeOut)).toEqual([])
    await letTimePass(stack.aws, THREE_MINUTES_MS)
    await swept(stack)

    expect(await told(stack, 2)).toMatchObject([
      { attempt: 1, kind: 'deferred' },
      { attempt: 2, kind: 'removed', evidence },
    ])
    expect(answersTo(stack, 'removeOrgUser')).toEqual(answers)
    await expectSound(stack, { [ORG]: ['grace@example.com'] })
  },
)

testOcsf()

const AT_LAST = { timeout: 15_000, interval: 5 }

/** Waits until Atlas has the DELETE and has not answered. */
async function deleting(stack: Stack) {
  await vi.waitFor(() => expect(answersTo(stack, 'removeOrgUser')).toEqual([0]), AT_LAST)
}

async function timedOut({ departures }: Stack) {
  await vi.waitFor(() => expect(departures.logs.filter(isTimeOut)).toHaveLength(1), AT_LAST)
}

function isTimeOut(line: string): boolean {
  return line.includes(`Task timed out after ${timeoutSeconds}.00 seconds`)
}
