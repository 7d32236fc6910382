import { later } from '../support/cases.ts'
import { type Dice, diceOf } from './dice.ts'
import { faultsOf, type NamedFault } from './faults.ts'
import type { Choose } from './run.ts'

const SECOND = 1_000
const DAY = 24 * 3_600 * SECOND
/** Faults strike in bursts, the first right away. */
const BURST_MS = 600 * SECOND

/** For how long a worker freezes: within its time-out, about as long as its lease, until long after it. */
const FREEZES_MS = [5 * SECOND, 110 * SECOND, 150 * SECOND, 400 * SECOND]

function randomFault(call: Parameters<Choose>[0], dice: Dice): NamedFault {
  const fault = dice.oneOf(faultsOf(call))
  if (fault.fault.kind !== 'freeze') return fault
  const ms = dice.oneOf(FREEZES_MS)
  return { name: `frozen for ${ms / SECOND} s`, fault: { kind: 'freeze', ms } }
}

/** Strikes calls at random: often right away, and then in bursts, so that the system can come to rest in the end. */
export function randomFaults(seed: number): Choose {
  const dice = diceOf(seed + 0x10000000)
  const rate = dice.oneOf([0, 0.01, 0.03, 0.1])
  const bursts = [0, ...Array.from({ length: 3 }, () => dice.within(4 * DAY))]
  return (call): NamedFault | undefined => {
    const at = call.at.getTime() - later(0).getTime()
    const isBurst = bursts.some((from) => at >= from && at < from + BURST_MS)
    return isBurst && dice.chance(rate) ? randomFault(call, dice) : undefined
  }
}
