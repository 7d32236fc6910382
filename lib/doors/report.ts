import type { QueueMessage } from '../core/ports.ts'
import { shortHash } from '../words/digest.ts'

type Report = Extract<QueueMessage, { kind: 'unreadable' }>

/** Makes what a worker is to audit of an input that cannot be read. */
export function reportOf(
  input: Buffer | string,
  said: Omit<Report, 'kind' | 'digest' | 'namesUsername'> & Partial<Pick<Report, 'namesUsername'>>,
): QueueMessage {
  return { kind: 'unreadable', namesUsername: true, ...said, digest: shortHash(input, 32) }
}
