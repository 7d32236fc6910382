import { checkDefaultBus, checkDeliveries, checkQueuePolicies } from './deliveries.ts'
import { checkEnvironments, checkFunctions, checkMode } from './functions.ts'
import { checkEventSource, checkQueues, checkTimes } from './queues.ts'
import { checkDeletions, checkRoles } from './roles.ts'
import { checkIndexes, checkLogsAndTopic, checkTable } from './storage.ts'
import type { Template } from './template.ts'

const CHECKS = [
  checkFunctions,
  checkEnvironments,
  checkMode,
  checkRoles,
  checkDeletions,
  checkQueues,
  checkTimes,
  checkEventSource,
  checkQueuePolicies,
  checkDeliveries,
  checkDefaultBus,
  checkTable,
  checkIndexes,
  checkLogsAndTopic,
]

/**
 * Finds in the packaged template what CloudFormation would deploy without a word, and what would then lose an event,
 * a record, or the wrong person.
 *
 * @returns a line for each mistake
 */
export function checkTemplate(template: Template): readonly string[] {
  return CHECKS.flatMap((check) => check(template))
}
