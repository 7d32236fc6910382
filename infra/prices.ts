/** List prices of us-east-1 in US dollars, without free allowances except that of dashboards; `per` is a month unless it says more. */
export const PRICES = {
  metric: { dollars: 0.3, per: 'metric, by the hour', at: 'aws.amazon.com/cloudwatch/pricing' },
  alarm: { dollars: 0.1, per: 'metric that an alarm reads', at: 'aws.amazon.com/cloudwatch/pricing' },
  log: { dollars: 0.5, per: 'GB ingested', at: 'aws.amazon.com/cloudwatch/pricing' },
  key: { dollars: 1, per: 'key', at: 'aws.amazon.com/kms/pricing' },
  secret: { dollars: 0.4, per: 'secret', at: 'aws.amazon.com/secrets-manager/pricing' },
  secretCall: { dollars: 0.000005, per: 'call', at: 'aws.amazon.com/secrets-manager/pricing' },
  queueRequest: { dollars: 0.0000004, per: 'request', at: 'aws.amazon.com/sqs/pricing' },
  invocation: { dollars: 0.0000002, per: 'invocation', at: 'aws.amazon.com/lambda/pricing' },
  gbSecond: { dollars: 0.0000133334, per: 'GB-second on arm64', at: 'aws.amazon.com/lambda/pricing' },
  read: { dollars: 0.000000125, per: 'read unit', at: 'aws.amazon.com/dynamodb/pricing/on-demand' },
  put: { dollars: 0.000005, per: 'PUT', at: 'aws.amazon.com/s3/pricing' },
  storage: { dollars: 0.023, per: 'GB kept', at: 'aws.amazon.com/s3/pricing' },
  gateway: { dollars: 0.045, per: 'hour, and GB', at: 'aws.amazon.com/vpc/pricing' },
  address: { dollars: 0.005, per: 'hour', at: 'aws.amazon.com/vpc/pricing' },
} as const
