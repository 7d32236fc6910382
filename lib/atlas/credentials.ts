import type { Failure } from '../core/ports.ts'
import type { AtlasCredential } from './credential.ts'

/** Where credentials come from; they are asked for before every call, so the source keeps what it has read. */
export type CredentialSource = {
  /** @param fresh - read it anew: Atlas has just refused the one in use, which may have been rotated */
  of(orgId: string, fresh: boolean): Promise<AtlasCredential | Failure>
}
