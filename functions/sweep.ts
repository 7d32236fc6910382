/** Lambda, every minute: queues what is due and publishes what the audit trail has not taken. */
import { logMetrics } from '@aws-lambda-powertools/metrics/middleware'
import middy from '@middy/core'
import { sweep } from '../lib/sweep.ts'
import { wireSweep } from '../lib/wire.ts'

const { deps, metrics } = wireSweep(process.env)

export const handler = middy()
  .use(logMetrics(metrics))
  .handler(() => sweep(deps))
