/** Lambda, invoked by on-call: the acts that only look. */
import { logMetrics } from '@aws-lambda-powertools/metrics/middleware'
import middy from '@middy/core'
import type { Context } from 'aws-lambda'
import { answerTo } from '../lib/acts/operator.ts'
import { deadlineOf, wireOperatorRead } from '../lib/wire.ts'
import { selfOf } from '../lib/words/signed-act.ts'

const { deps, metrics } = wireOperatorRead(process.env)

export const handler = middy()
  .use(logMetrics(metrics))
  .handler((request: unknown, context: Context) =>
    answerTo(deps, request, {
      requestId: context.awsRequestId,
      deadline: deadlineOf(context),
      self: selfOf(context),
    }),
  )
