/** Lambda, every minute: queues what is due, publishes what was not taken, measures, and compares with Atlas once an hour. */
import { logMetrics } from '@aws-lambda-powertools/metrics/middleware'
import middy from '@middy/core'
import type { Context } from 'aws-lambda'
import { sweep } from '../lib/sweep/sweep.ts'
import { deadlineOf, wireSweep } from '../lib/wire.ts'

const { deps, metrics } = wireSweep(process.env)

export const handler = middy()
  .use(logMetrics(metrics))
  .handler((_event: unknown, context: Context) => sweep(deps, deadlineOf(context)))
