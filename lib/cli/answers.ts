import type { approve } from '../operator/approve.ts'
import type { forget } from '../operator/forget.ts'
import type { leftovers } from '../operator/leftovers.ts'
import type { lookup } from '../operator/lookup.ts'
import type { orphans } from '../operator/orphans.ts'
import type { remove } from '../operator/remove.ts'
import type { report } from '../operator/report.ts'
import type { Refusal } from '../operator/requests.ts'
import type { snapshot } from '../operator/snapshot.ts'
import type { status } from '../operator/status.ts'
import type { cancel, release, retry } from '../operator/steering.ts'
import type { pause, resume } from '../operator/switches.ts'
import type { testAlert } from '../operator/test-alert.ts'
import type { cases } from '../operator/views.ts'

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
