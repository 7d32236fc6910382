/** Findings of a rule that are no mistake here, each with its reason. `resources`: by logical id; absent: whatever it is found in. */
export type Exception = {
  readonly rule: string
  readonly resources?: readonly string[]
  /** What a finding must also say, where a rule has several about one resource. */
  readonly says?: string
  readonly because: string
}

const FUNCTIONS = ['Departures', 'Sweep', 'Roster', 'Operator', 'OperatorDashread', 'Http'].map(
  (name) => `${name}LambdaFunction`,
)
const ROLES = ['HttpRole', 'RosterRole', 'SweepRole', 'OperatorRole', 'DeparturesRole', 'OperatorReadRole']
const DEAD_LETTER_QUEUES = ['Events', 'Topic', 'Work', 'Roster', 'Audit'].map(
  (name) => `${name}DeadLetterQueue`,
)

/** Everything that the rule packs find in the packaged template and that stays as it is. Read it before a release. */
export const EXCEPTIONS: readonly Exception[] = [
  {
    rule: 'S3BucketLoggingEnabled',
    because:
      'Who reads or writes objects is recorded by CloudTrail data events, which a company sets up once for all buckets; a log bucket of this stack would need a log bucket.',
  },
  {
    rule: 'S3BucketReplicationEnabled',
    because:
      'The ledger and the log have the same events; which region and account a copy may lie in is the company’s decision.',
  },
  {
    rule: 'S3BucketVersioningEnabled',
    resources: ['ServerlessDeploymentBucket'],
    because: 'It holds zips that a packaging makes again byte by byte.',
  },
  {
    rule: 'S3DefaultEncryptionKMS',
    because:
      'SSE-S3 encrypts at rest. A customer key would be one more thing whose loss makes evidence unreadable.',
  },
  {
    rule: 'CloudWatchLogGroupEncrypted',
    because:
      'CloudWatch encrypts at rest with its own keys; function logs hold no usernames, secrets or payloads.',
  },
  {
    rule: 'DynamoDBInBackupPlan',
    resources: ['LedgerTable'],
    because:
      'Point-in-time recovery keeps 35 days, and the guide says how to restore. A backup plan is the account’s.',
  },
  {
    rule: 'SQSRedrivePolicy',
    resources: DEAD_LETTER_QUEUES,
    because: 'They are the dead letter queues.',
  },
  {
    rule: 'SQSQueueDLQ',
    resources: ['RosterDeadLetterQueue', 'AuditDeadLetterQueue'],
    because:
      'They are dead letter queues of Lambda, EventBridge rules and SNS, which the rule does not follow.',
  },
  {
    rule: 'IAMNoInlinePolicy',
    resources: [...ROLES, 'AuditArchiveRole', 'CanaryRole'],
    because:
      'Each role has one policy that nobody else may use; inline, it cannot be attached to anybody else.',
  },
  {
    rule: 'IAMNoWildcardPermissions',
    resources: ROLES,
    says: 'LedgerTable.Arn>/index/*',
    because: 'All indexes of the one table.',
  },
  {
    rule: 'IAMNoWildcardPermissions',
    resources: ['RosterRole'],
    says: 'RosterBucket.Arn>/*',
    because: 'Every file in the bucket that is there for it.',
  },
  {
    rule: 'LambdaConcurrency',
    resources: FUNCTIONS,
    because:
      'Reserved concurrency takes from the account: `reservedConcurrency` is a parameter. Queues are worked by as many workers as their pollers allow.',
  },
  {
    rule: 'LambdaDLQ',
    resources: FUNCTIONS,
    because:
      'Queues have dead letter queues of their own; the roster function has a failure destination; the sweep comes again in a minute, the others are asked synchronously.',
  },
  {
    rule: 'LambdaInsideVPC',
    resources: FUNCTIONS,
    because:
      'Everything they reach is public by IAM or by credentials; `subnetIds` puts them into a VPC where that is wanted.',
  },
  {
    rule: 'LambdaTracing',
    resources: FUNCTIONS,
    because:
      'Every step is in the ledger and the audit trail; traces would be a third place with names of organizations.',
  },
  {
    rule: 'LambdaAsyncFailureDestination',
    resources: ['SweepLambdaEvConf'],
    because: 'What failed is done a minute later; `NoSweepAlarm` says so if not.',
  },
  {
    rule: 'LambdaEventSourceMappingDestination',
    because: 'SQS moves what is given up to the queue’s own dead letter queue.',
  },
  {
    rule: 'APIGWAuthorization',
    because:
      'Directories and HR systems cannot sign for AWS: the function itself verifies token or signature, over the raw bytes.',
  },
  {
    rule: 'EventBusDLQ',
    resources: ['SweepMinuteRule', 'SweepHourRule', 'SweepDayRule'],
    because: 'A tick that is not delivered is made up for by the next; `NoSweepAlarm` says so if none is.',
  },
]

/** What is found besides where the functions are in subnets. */
export const IN_SUBNETS: readonly Exception[] = [
  {
    rule: 'IAMNoWildcardPermissions',
    resources: ROLES,
    says: '[Resource::*]',
    because: 'Lambda makes network interfaces by the role, and these actions take no resource.',
  },
  {
    rule: 'LambdaStarPermissions',
    resources: ROLES,
    because: 'The same.',
  },
]
