import type { NoticeName } from '../../lib/words/catalogue.ts'

/** Notices of what a human did: each says who. */
const NAMES: readonly NoticeName[] = [
  ...(['approved', 'released', 'cancelled_by_operator', 'retried', 'redriven', 'operator_acted'] as const),
  ...(['unverified_act', 'stopped_paused', 'resumed', 'test_alert'] as const),
  ...(['proposed', 'confirmed', 'broke_glass', 'proposal_closed'] as const),
  ...(['forgotten', 'restored', 'legal_hold_set', 'legal_hold_lifted'] as const),
]
export const BY_HUMANS: ReadonlySet<string> = new Set(NAMES)
