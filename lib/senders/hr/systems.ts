import { BAMBOOHR } from '../bamboohr/bamboohr.ts'
import { HIBOB } from '../hibob/hibob.ts'
import { PERSONIO } from '../personio/personio.ts'
import type { HrSystem } from './system.ts'

/** Every HR system that can be asked, by the name in `/hooks/hr/<name>` and in the source `hr/<name>`. */
export const HR_SYSTEMS: ReadonlyMap<string, HrSystem> = new Map([
  ['hibob', HIBOB],
  ['bamboohr', BAMBOOHR],
  ['personio', PERSONIO],
])
