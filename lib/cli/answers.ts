import type { approve } from '../acts/approve.ts'
import type { forget } from '../acts/forget.ts'
import type { leftovers } from '../acts/leftovers.ts'
import type { lookup } from '../acts/lookup.ts'
import type { orphans } from '../acts/orphans.ts'
import type { remove } from '../acts/remove.ts'
import type { report } from '../acts/report.ts'
import type { Refusal } from '../acts/requests.ts'
import type { snapshot } from '../acts/snapshot.ts'
import type { status } from '../acts/status.ts'
import type { cancel, release, retry } from '../acts/steering.ts'
import type { pause, resume } from '../acts/switches.ts'
import type { testAlert } from '../acts/test-alert.ts'
import type { cases } from '../acts/views.ts'

/** What is left of a value once it has been JSON: an instant is a text. */
type Json<T> = T extends Date ? string : T extends object ? { readonly [Key in keyof T]: Json<T[Key]> } : T

type Acts = {
  remove: typeof remove
  lookup: typeof lookup
  leftovers: typeof leftovers
  cases: typeof cases
  release: typeof release
  retry: typeof retry
  cancel: typeof cancel
  approve: typeof approve
  pause: typeof pause
  resume: typeof resume
  status: typeof status
  test_alert: typeof testAlert
  report: typeof report
  snapshot: typeof snapshot
  orphans: typeof orphans
  forget: typeof forget
}
export type Action = keyof Acts

/** What the operator functions answer, by action, as it arrives. */
export type Answers = { [A in Action]: Json<Exclude<Awaited<ReturnType<Acts[A]>>, Refusal>> }

/** A case as an answer shows it. */
export type CaseLine = Answers['cases']['cases'][number]
export type Outcome = NonNullable<CaseLine['outcome']>
export type Steered = Answers['release']['cases'][number]
