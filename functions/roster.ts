/** Lambda, started by EventBridge: a nightly file in the bucket of rosters → departures and returns on the queue. */
import { logMetrics } from '@aws-lambda-powertools/metrics/middleware'
import middy from '@middy/core'
import { takeRoster } from '../lib/people/take-roster.ts'
import { wireRoster } from '../lib/wire.ts'

const { deps, metrics } = wireRoster(process.env)

export const handler = middy()
  .use(logMetrics(metrics))
  .handler((event: unknown) => takeRoster(deps, event))
