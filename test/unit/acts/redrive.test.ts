import { expect, test } from 'vitest'
import type { OperatorDeps } from '../../../lib/acts/act.ts'
import { carryOut } from '../../../lib/acts/operator.ts'
import type { DeadLetter } from '../../../lib/core/ports.ts'
import { later, ON_CALL } from '../../support/cases.ts'
import { notices, onCallIn } from './on-call.ts'

const LETTER: DeadLetter = {
  ...{ id: 'm-1', channel: 'work', body: '{}', sentAt: later(0) },
  ...{ senderId: 'AROADEPARTURES:x', cameFrom: 'AROAHTTP:y' },
}

/** On-call with one dead letter of the work queue, and a queue that does this. */
function withLetter(send: OperatorDeps['queue']['send']) {
  const { world, deps } = onCallIn()
  const visited: string[] = []
  const deadLetters: OperatorDeps['deadLetters'] = {
    ...deps.deadLetters,
    async visit(channel, visitor) {
      if (channel === LETTER.channel) visited.push(await visitor(LETTER))
      return true
    },
  }
  const invocation = { caller: ON_CALL, requestId: 'r-1', deadline: later(60_000) }
  const request = { action: 'redrive', letters: ['m-1'], because: 'parser mended' }
  const own = { ...deps, deadLetters, queue: { ...deps.queue, send } }
  const redrive = () => world.time.run(carryOut(own, request, invocation))
  return { world, redrive, visited }
}

test('redrive alerts before it acts, and passes on who sent the message and where it came from', async () => {
  const sent: unknown[] = []
  const { world, redrive, visited } = withLetter(async (messages) => {
    sent.push(...messages.map(({ message }) => ({ ...message, alerts: notices(world, 'redriven').length })))
  })

  expect(await redrive()).toEqual({ redriven: ['m-1'], notFound: [] })
  const { channel, body, senderId, cameFrom } = LETTER
  expect(sent).toEqual([{ kind: 'redriven', channel, body, senderId, cameFrom, alerts: 1 }])
  expect(visited).toEqual(['delete'])
  expect(notices(world, 'redriven')).toMatchObject([
    {
      message: '1 dead letter read again. Whoever they name may be removed now. By on-call/grace.',
      unmapped: { letters: ['m-1'] },
    },
  ])
})

test('redrive keeps a message on the DLQ if the queue does not take it', async () => {
  const { redrive, visited } = withLetter(() => Promise.reject(new Error('no queue')))

  expect(await redrive()).toEqual({ redriven: [], notFound: ['m-1'] })
  expect(visited).toEqual(['keep'])
})
