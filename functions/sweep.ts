/** Lambda: runs the job that a schedule names, `minute`, `hour` or `day`. */
import { logMetrics } from '@aws-lambda-powertools/metrics/middleware'
import middy from '@middy/core'
import type { Context } from 'aws-lambda'
import { jobOf, sweep } from '../lib/sweep/sweep.ts'
import { deadlineOf, wireSweep } from '../lib/wire.ts'

const { deps, metrics } = wireSweep(process.env)

export const handler = middy()
  .use(logMetrics(metrics))
  .handler((event: unknown, context: Context) => sweep(deps, jobOf(event), deadlineOf(context)))
