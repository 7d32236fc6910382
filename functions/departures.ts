/** Lambda: the three queues → one offboarding per person and organization. Reports the records to deliver again. */
import { logMetrics } from '@aws-lambda-powertools/metrics/middleware'
import middy from '@middy/core'
import type { Context } from 'aws-lambda'
import { deliver } from '../lib/senders/deliver.ts'
import { deadlineOf, wireDepartures } from '../lib/wire.ts'

const { deps, metrics } = await wireDepartures(process.env)

export const handler = middy()
  .use(logMetrics(metrics))
  .handler((event: unknown, context: Context) => deliver(deps, event, deadlineOf(context)))
