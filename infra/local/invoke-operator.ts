import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda'
import { deployedName } from './functions.ts'
import type { LocalStack } from './stack.ts'

/** Invokes the operator function as `aws lambda invoke` would. @returns its answer, as the caller knows it to be */
export async function invokeOperator<Answer>({ aws, lambda }: LocalStack, request: unknown): Promise<Answer> {
  const { AWS_ACCESS_KEY_ID: accessKeyId = '', AWS_SECRET_ACCESS_KEY: secretAccessKey = '' } = aws.env
  const client = new LambdaClient({
    endpoint: lambda.env.AWS_ENDPOINT_URL_LAMBDA,
    region: aws.env.AWS_REGION ?? '',
    credentials: { accessKeyId, secretAccessKey },
  })
  try {
    const FunctionName = deployedName('operator')
    const command = new InvokeCommand({ FunctionName, Payload: JSON.stringify(request) })
    const { FunctionError, Payload } = await client.send(command)
    const payload = Payload?.transformToString() ?? 'null'
    if (FunctionError) throw new Error(`Cannot act: the operator function failed: ${payload}`)
    return JSON.parse(payload)
  } finally {
    client.destroy()
  }
}
