import type { Incoming } from './incoming.ts'
import type { Org } from './org.ts'
import type { Paging } from './paging.ts'
import type { Project } from './project.ts'
import type { LimitSet } from './rate-limits.ts'
import type { Refusal } from './refusal.ts'
import type { AtlasState, Caller } from './state.ts'
import type { ResourceVersion } from './versions.ts'

/** Answers to questions that Atlas leaves open. Clients should work with either. */
export type Quirks = {
  /** The list ignores its filter `username`. */
  readonly filterIgnored?: boolean
  /** The filter `username` is case-sensitive. Default: ASCII case-insensitive. */
  readonly filterCaseSensitive?: boolean
  /** DELETE also takes expired and rejected invitations. Default: it does not find them. */
  readonly lapsedRemovable?: boolean
  /** The code for somebody who was removed before. Default: `USER_NOT_FOUND`. */
  readonly removedUserCode?: 'USER_NOT_FOUND' | 'USER_NOT_IN_ORG'
  /** The code for a caller without the role. Default: `USER_UNAUTHORIZED`, which was recorded. */
  readonly unauthorizedCode?: 'USER_UNAUTHORIZED' | 'NOT_ORG_OWNER'
  /** The event of a removal names who did it. Default: it names nobody, like every recorded one. */
  readonly removalsNameActor?: boolean
  /** Every version of 2023-01-01 with a sunset date counts as ended, whatever `now` is. */
  readonly isPastSunset?: boolean
}

/** A request that passed authentication, version, limits and roles. */
export type Call = {
  readonly request: Incoming
  readonly params: Readonly<Record<string, string>>
  readonly version: string
  readonly caller: Caller
  readonly org: Org
  readonly state: AtlasState
  readonly quirks: Quirks
  readonly now: Date
  /** Where this server is reached, for links. */
  readonly url: string
}

export type Answer =
  | {
      readonly kind: 'page'
      readonly items: readonly unknown[]
      readonly total: number
      /** The `totalCount` of a request that asks for no count. Default: it is left out. */
      readonly uncounted?: number
      readonly paging: Paging
      /** Query parameters to repeat in the links to other pages. */
      readonly filters?: readonly (readonly [string, string])[]
    }
  | { readonly kind: 'entity'; readonly value: object; readonly status?: 200 | 201 }
  | { readonly kind: 'bare_array'; readonly values: readonly unknown[] }
  | { readonly kind: 'no_content' }
  | Refusal

export type Operation = {
  /** The `operationId` of the official description. */
  readonly id: string
  readonly method: 'GET' | 'POST' | 'DELETE'
  /** Below `/api/atlas/v2`. */
  readonly template: string
  readonly versions: readonly ResourceVersion[]
  readonly limit: LimitSet
  readonly needs: 'any_role' | 'project_reader' | 'owner'
  /** Whether its reply in an envelope (`envelope=true`) is documented. */
  readonly envelope: boolean
  run(call: Call): Answer
}

/** An operation on one project of the caller's organization. */
export type ProjectOperation = Omit<Operation, 'run'> & { run(call: Call, project: Project): Answer }
