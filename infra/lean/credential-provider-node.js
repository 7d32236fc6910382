// In place of the AWS SDK's default credential chain, which is half of a client's size: Lambda always gives credentials in
// the environment.

import { fromEnv } from '@aws-sdk/credential-provider-env'

export const defaultProvider = fromEnv
