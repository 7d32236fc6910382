import { checkAlarms, checkHeartbeats, checkWatched } from './alarms.ts'
import { checkAlertRules, checkAlertTopic } from './alerts.ts'
import { checkArchive, checkAuditTrail } from './archive.ts'
import { checkDefaultBus, checkDeliveries, checkQueuePolicies } from './deliveries.ts'
import { checkEnvironments, checkFunctions, checkMode } from './functions.ts'
import { checkHttpApi } from './http-api.ts'
import { checkEventSource, checkQueues, checkTimes } from './queues.ts'
import { checkDeletions, checkHttpWrites, checkRoles } from './roles.ts'
import { checkDecryption, checkServiceRoles } from './service-roles.ts'
import { checkIndexes, checkLogsAndTopics, checkTable } from './storage.ts'
import type { Template } from './template.ts'

const CHECKS = [
  checkFunctions,
  checkEnvironments,
  checkMode,
  checkRoles,
  checkDeletions,
  checkHttpWrites,
  checkHttpApi,
  checkQueues,
  checkTimes,
  checkEventSource,
  checkQueuePolicies,
  checkDeliveries,
  checkDefaultBus,
  checkTable,
  checkIndexes,
  checkLogsAndTopics,
  checkServiceRoles,
  checkDecryption,
  checkAlertTopic,
  checkAlertRules,
  checkAlarms,
  checkHeartbeats,
  checkWatched,
  checkArchive,
  checkAuditTrail,
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
