import type { Command } from '../cli/command.ts'
import { APPROVE } from './approve/command.ts'
import { CANCEL } from './cancel/command.ts'
import { CASE } from './case/command.ts'
import { CASES } from './cases/command.ts'
import { FORGET } from './forget/command.ts'
import { LEFTOVERS } from './leftovers/command.ts'
import { LOOKUP } from './lookup/command.ts'
import { ORPHANS } from './orphans/command.ts'
import { PAUSE } from './pause/command.ts'
import { RELEASE } from './release/command.ts'
import { REMOVE } from './remove/command.ts'
import { REPORT } from './report/command.ts'
import { RESUME } from './resume/command.ts'
import { RETRY } from './retry/command.ts'
import { SNAPSHOT } from './snapshot/command.ts'
import { STATUS } from './status/command.ts'
import { TEST_ALERT } from './test-alert/command.ts'

/** Every command, in the order of the help: first what looks, then what changes something. */
export const COMMANDS: readonly Command[] = [
  STATUS,
  CASES,
  CASE,
  LOOKUP,
  LEFTOVERS,
  REMOVE,
  RELEASE,
  CANCEL,
  RETRY,
  APPROVE,
  PAUSE,
  RESUME,
  REPORT,
  ORPHANS,
  SNAPSHOT,
  FORGET,
  TEST_ALERT,
]
