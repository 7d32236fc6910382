import { checkAlarms, checkWatched } from './alarms.ts'
import { checkAlertRule } from './alert-rule.ts'
import { checkDefaultBus, checkDeliveries, checkRetention } from './deliveries.ts'
import { checkEnvironments, checkEventSources, checkFunctions, checkTimes } from './functions.ts'
import { checkHttpApi } from './http-api.ts'
import { checkDefaults, checkTable, checkTrail } from './storage.ts'
import type { Template } from './template.ts'

const CHECKS = [
  checkFunctions,
  checkEnvironments,
  checkTimes,
  checkEventSources,
  checkDeliveries,
  checkRetention,
  checkDefaultBus,
  checkTable,
  checkTrail,
  checkDefaults,
  checkHttpApi,
  checkAlertRule,
  checkAlarms,
  checkWatched,
]

/**
 * Finds mistakes in the packaged template that CloudFormation would deploy silently and that would lose an event or a record. Permissions
 * are checked elsewhere, by evaluating the policies.
 *
 * @returns a line for each mistake
 */
export function checkTemplate(template: Template): readonly string[] {
  return CHECKS.flatMap((check) => check(template))
}
