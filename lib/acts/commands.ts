import type { Command } from '../cli/command.ts'
import { READS, WRITES } from './operator.ts'
import { ORPHANS } from './orphans/command.ts'
import { REPORT } from './report/command.ts'
import { VERIFY } from './verify/command.ts'

/** Every command: first what looks, then what changes something. */
export const COMMANDS: readonly Command[] = [
  ...READS.flatMap((act) => ('command' in act ? [act.command] : [])),
  REPORT,
  VERIFY,
  ORPHANS,
  ...WRITES.flatMap((act) => ('command' in act ? [act.command] : [])),
]
