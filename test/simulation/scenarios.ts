import type { Scenario } from './scenario.ts'
import { GUARDED } from './scenarios/guarded.ts'
import { LEAVERS } from './scenarios/leavers.ts'
import { LEFTOVERS } from './scenarios/leftovers.ts'
import { LONG } from './scenarios/long.ts'
import { NAMES } from './scenarios/names.ts'
import { OUTAGES } from './scenarios/outages.ts'

export const SCENARIOS: readonly Scenario[] = [
  ...LEAVERS,
  ...NAMES,
  ...GUARDED,
  ...OUTAGES,
  ...LONG,
  ...LEFTOVERS,
]

/** @throws if there is none of this name */
export function scenarioNamed(name: string): Scenario {
  const scenario = SCENARIOS.find((one) => one.name === name)
  if (!scenario) throw new Error(`Cannot find scenario "${name}"`)
  return scenario
}
