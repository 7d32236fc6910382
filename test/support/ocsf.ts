import { existsSync, readFileSync } from 'node:fs'
import { Ajv } from 'ajv'

const SCHEMA = new URL('../../../shared/ocsf-user-access-1.8.0.schema.json', import.meta.url)

/** Whether the published OCSF schema lies beside the checkout; without it, tests that need it say that they skipped. */
export const hasOcsfSchema = existsSync(SCHEMA)

let compiled: ReturnType<Ajv['compile']> | undefined

/** Validates against OCSF 1.8's User Access Management class. @returns what is wrong, or nothing */
export function ocsfProblems(detail: unknown): readonly string[] {
  // Compiling takes over a second: once per test file.
  compiled ??= new Ajv({ strict: false, allErrors: true }).compile(JSON.parse(readFileSync(SCHEMA, 'utf8')))
  compiled(JSON.parse(JSON.stringify(detail)))
  return (compiled.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`)
}
