const ORG_LIST = {
  Type: 'String',
  AllowedPattern: '^[0-9a-f]{24}=[^,]+(, *[0-9a-f]{24}=[^,]+)*$',
  // With it the environment of the departures function stays below Lambda's 4 KB.
  MaxLength: 1500,
  ConstraintDescription:
    '<organization id>=<secret>, comma-separated, at most 1500 characters; a second stack takes more',
} as const
const SECRET_ARNS = {
  Type: 'CommaDelimitedList',
  AllowedPattern:
    '^ *arn:[a-z-]+:secretsmanager:[a-z0-9-]+:[0-9]{12}:secret:[A-Za-z0-9/_+=.@-]+-[A-Za-z0-9?]{6} *$',
  ConstraintDescription:
    'whole ARNs, comma-separated; "-??????" stands for the six characters that Secrets Manager adds',
} as const
const SECRET_NAME = {
  Type: 'String',
  AllowedPattern: '^[A-Za-z0-9/_+=.@-]+$',
  ConstraintDescription: 'the name of a secret of this account and region',
} as const
const WORKERS = { Type: 'Number', MinValue: 2, MaxValue: 1000, Default: 2 } as const

/** What the packager fills into serverless.yml before there is a template. Here it is filled in by parameters of the template. */
export const PLAIN_PARAMETERS = {
  CodeBucket: { Description: 'Bucket with the code, in the region of the stack', Type: 'String' },
  CodePrefix: {
    Description: 'What the keys of the code start with; the template adds the digest of all zips',
    Type: 'String',
    Default: 'atlas-offboarding/',
  },
  Orgs: { Description: 'Organizations and the secrets with owner credentials', ...ORG_LIST },
  OwnerSecretArns: {
    Description: 'The ARNs of the secrets of Orgs, for the one role that reads them',
    ...SECRET_ARNS,
  },
  ReadOrgs: { Description: 'The same organizations and the secrets with read credentials', ...ORG_LIST },
  ReadSecretArns: { Description: 'The ARNs of the secrets of ReadOrgs', ...SECRET_ARNS },
  ScimSecretId: { Description: 'Tokens of SCIM clients', ...SECRET_NAME, Default: 'atlas-offboarding/scim' },
  HookSecretId: { Description: 'Keys of hooks', ...SECRET_NAME, Default: 'atlas-offboarding/hooks' },
  HrSecretId: { Description: 'Credentials of HR systems', ...SECRET_NAME, Default: 'atlas-offboarding/hr' },
  SubnetIds: {
    Description: 'Private subnets with a NAT gateway, comma-separated; empty for no VPC',
    Type: 'String',
    AllowedPattern: '^(subnet-[0-9a-f]+(,subnet-[0-9a-f]+)*)?$',
    Default: '',
  },
  SecurityGroupIds: {
    Description: 'Security groups of the functions there',
    Type: 'String',
    AllowedPattern: '^(sg-[0-9a-f]+(,sg-[0-9a-f]+)*)?$',
    Default: '',
  },
  LogRetentionDays: {
    Description: "Days for which the functions' own logs are kept",
    Type: 'Number',
    AllowedValues: [30, 60, 90, 120, 150, 180, 365, 400, 545, 731],
    Default: 90,
  },
  IntakeConcurrency: {
    Description: 'Workers at once on the events queue, and as many on the topic queue',
    ...WORKERS,
  },
  WorkConcurrency: { Description: 'Workers at once on the work queue', ...WORKERS },
} as const
