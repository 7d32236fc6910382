import { describe, expect, test } from 'vitest'
import { isSaidAbsent, namedMember } from '../../../lib/core/naming.ts'
import type { Decision } from '../../../lib/words/decision.ts'
import type { HoldReason } from '../../../lib/words/outcome.ts'
import { openedCase } from '../../support/cases.ts'
import { ADA, decision } from './rig.ts'

const RELEASE = (rule: HoldReason, fields: Partial<Decision> = {}) =>
  decision({ act: 'release', rule, ...fields })

describe('a human’s word on whom a name means', () => {
  const named = RELEASE('possible_alias', { member: ADA.userId })
  const absent = RELEASE('renamed', { absent: true })

  test.each<[string, Decision[], string | undefined, boolean]>([
    ['nothing', [], undefined, false],
    ['a member', [named], ADA.userId, false],
    ['nobody', [absent], undefined, true],
    ['a member, after nobody', [absent, named], ADA.userId, false],
    ['nobody, after a member', [named, absent], undefined, true],
    ['a member, and a bare release', [named, RELEASE('ambiguous_username')], ADA.userId, false],
    [
      'a member in the release of another rule',
      [RELEASE('privileged', { member: ADA.userId })],
      undefined,
      false,
    ],
    ['a member in no release', [{ ...named, act: 'confirm' }], undefined, false],
  ])('says %s', (_, decisions, member, isAbsent) => {
    const kase = { ...openedCase(), decisions }

    expect([namedMember(kase), isSaidAbsent(kase)]).toEqual([member, isAbsent])
  })
})
