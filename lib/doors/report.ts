import { createHash } from 'node:crypto'
import type { QueueMessage } from '../core/ports.ts'

type Report = Extract<QueueMessage, { kind: 'unreadable' }>

/** Makes what a worker is to audit of an input that cannot be read. */
export function reportOf(
  input: Buffer | string | undefined,
  said: Omit<Report, 'kind' | 'digest' | 'namesUsername'> & Partial<Pick<Report, 'namesUsername'>>,
): QueueMessage {
  const digest = createHash('sha256')
    .update(input ?? '')
    .digest('hex')
    .slice(0, 32)
  return { kind: 'unreadable', namesUsername: true, ...said, digest }
}
