import type { InvokeResult } from './invocation.ts'

/**
 * Tells which messages of a batch the function has dealt with, as Lambda reads a partial batch response.
 *
 * An empty or null answer means all of them. An error, an identifier that is missing or unknown, or an answer of another
 * shape means none.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html (success and failure conditions)
 */
export function acknowledged(result: InvokeResult, messageIds: readonly string[]): readonly string[] {
  if (result.functionError !== undefined) return []
  const failures = reportedFailures(result.payload)
  if (!failures?.every((id) => messageIds.includes(id))) return []
  return messageIds.filter((id) => !failures.includes(id))
}

/** @returns `undefined` when the answer cannot be read */
function reportedFailures(answer: unknown): readonly string[] | undefined {
  if (answer === null || answer === undefined) return []
  if (typeof answer !== 'object') return undefined
  const failures: unknown = 'batchItemFailures' in answer ? answer.batchItemFailures : undefined
  if (failures === null || failures === undefined) return []
  if (!Array.isArray(failures)) return undefined
  return failures.map((failure) => String(failure?.itemIdentifier ?? ''))
}
