/** Lambda behind API Gateway: SCIM 2.0 and signed hooks → departures on the queue. */
import { logMetrics } from '@aws-lambda-powertools/metrics/middleware'
import middy from '@middy/core'
import type { APIGatewayProxyEventV2, Context } from 'aws-lambda'
import { serve } from '../lib/doors/serve.ts'
import { deadlineOf, wireHttp } from '../lib/wire.ts'

const { deps, metrics } = await wireHttp(process.env)

export const handler = middy<APIGatewayProxyEventV2>()
  .use(logMetrics(metrics))
  .handler((event: APIGatewayProxyEventV2, context: Context) => serve(deps, event, deadlineOf(context)))
