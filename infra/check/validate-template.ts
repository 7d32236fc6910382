import { CelEngine } from '@aws/cloudformation-validate'
import type { Template } from './template.ts'

/** A value that its property does not know (`nodejs99.x`) is only a warning to the validator; CloudFormation refuses it. */
const UNKNOWN_VALUE = 'W3030'

/**
 * Validates a template against the schemas of its resources, offline.
 *
 * @returns a line for each error
 */
export function validateTemplate(template: Template): readonly string[] {
  engine ??= new CelEngine()
  const bytes = new TextEncoder().encode(JSON.stringify(template))
  const { diagnostics } = engine.validateStandard({ path: 'template.json', readBytes: () => bytes })
  return diagnostics
    .filter(
      ({ severity, ruleId }) => severity === 'ERROR' || severity === 'FATAL' || ruleId === UNKNOWN_VALUE,
    )
    .map(({ ruleId, message, entity }) => `${ruleId} ${entity?.logicalId ?? 'template'}: ${message}`)
}

/** Made once: compiling its rules takes seconds, and validating a template a tenth of that. */
let engine: InstanceType<typeof CelEngine> | undefined
