import type { Lease, Projects } from '../core/ports.ts'
import type { OffboardDeps } from '../core/work.ts'
import type { Case } from '../words/case.ts'
import type { Pending } from './findings.ts'

/** What looking for leftovers needs. */
export type LeftoversDeps = OffboardDeps & { readonly projects: Projects }

/** A worker's hold on one person's leftovers. `kase` is as last written, with `pending` in it. */
export type Search = {
  readonly kase: Case
  readonly pending: Pending
  readonly lease: Lease
  /** No call to Atlas ends later. */
  readonly until: Date
}
