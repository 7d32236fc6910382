/** Lambda, invoked by on-call: the acts that change something. */
import { logMetrics } from '@aws-lambda-powertools/metrics/middleware'
import middy from '@middy/core'
import type { Context } from 'aws-lambda'
import { operate } from '../lib/acts/operator.ts'
import { deadlineOf, wireOperator } from '../lib/wire.ts'
import { selfOf } from '../lib/words/signed-act.ts'

const { deps, metrics } = wireOperator(process.env)

export const handler = middy()
  .use(logMetrics(metrics))
  .handler((request: unknown, context: Context) =>
    operate(deps, request, {
      requestId: context.awsRequestId,
      deadline: deadlineOf(context),
      self: selfOf(context),
    }),
  )
