import type { Reply } from '../../../lib/atlas/transport.ts'
import { later } from '../../support/cases.ts'
import { refusal } from '../../support/in-memory-atlas.ts'
import type { Stage } from '../stage.ts'
import type { Story } from '../story.ts'

const ADA = 'ada@example.com'
const BOB = 'bob@example.com'
const SECOND = 1_000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const OTHER_ID = '5e4bc367c6b0f41b0000000a'
const DOWN = refusal(503, 'SERVICE_UNAVAILABLE')
const STRANGE = refusal(404, 'RESOURCE_NOT_FOUND')
/** Whatever goes wrong besides, Atlas's answer stays what it is. */
const REFUSED = ['refused: atlas_refused']
const GONE = ['removed', 'already_absent']

/** Atlas does the DELETE, and its answer is lost on the way; the next ones are answered so. */
function lose(stage: Stage, ...next: readonly Reply[]): void {
  const { answer } = stage.world.atlas
  const replies = [DOWN, ...next]
  stage.world.atlas.answer = (request) => {
    const reply = request.operation === 'removeOrgUser' ? replies.shift() : undefined
    if (reply === DOWN) answer(request)
    return reply ?? answer(request)
  }
}

/** Somebody else takes the member out. */
function remove(stage: Stage, username = ADA): void {
  const org = stage.world.org()
  org.members = org.members.filter((member) => member.username !== username)
}

function leaver(
  name: string,
  play: (stage: Stage) => void | Promise<void>,
  rest: Omit<Story, 'name' | 'play'>,
): Story {
  return {
    name,
    async play(stage) {
      stage.member()
      stage.member({ username: BOB })
      await play(stage)
    },
    ...rest,
    stays: [BOB, ...(rest.stays ?? [])],
  }
}

/** How Atlas answers a DELETE, and what that proves. */
export const SETTLEMENT: readonly Story[] = [
  leaver(
    'Atlas answers 500, 500, 204',
    (stage) => {
      stage.answers('removeOrgUser', refusal(500, 'UNEXPECTED_ERROR'), refusal(500, 'UNEXPECTED_ERROR'))
      stage.depart()
    },
    {
      publishes: ['okta:evt-1 removed (answered)'],
      asks: 'token, listOrgUsers, removeOrgUser ×3, getOrgUser',
    },
  ),
  leaver(
    'the answer to the DELETE is lost',
    (stage) => {
      lose(stage)
      stage.depart()
    },
    {
      publishes: ['okta:evt-1 removed (inferred)'],
      asks: 'token, listOrgUsers, removeOrgUser ×2, listOrgUsers ×2, getOrgUser',
    },
  ),
  leaver(
    'somebody else removes them between lookup and DELETE',
    (stage) => {
      stage.when('removeOrgUser', () => remove(stage))
      stage.depart()
    },
    {
      publishes: ['okta:evt-1 already_absent'],
      asks: 'token, listOrgUsers, removeOrgUser, listOrgUsers ×2',
      ends: { 'okta:evt-1': GONE },
    },
  ),
  leaver(
    'somebody else removes them, and the next question fails',
    (stage) => {
      stage.when('removeOrgUser', () => {
        remove(stage)
        stage.answers('listOrgUsers', DOWN, DOWN, DOWN, DOWN)
      })
      stage.depart()
    },
    {
      publishes: ['okta:evt-1 deferred (SERVICE_UNAVAILABLE)', 'okta:evt-1 removed (inferred)'],
      ends: { 'okta:evt-1': GONE },
    },
  ),
  leaver(
    'an invitation is accepted between lookup and DELETE',
    (stage) => {
      const invited = stage.member({ userId: OTHER_ID, username: 'eve@example.com', status: 'PENDING' })
      stage.when('removeOrgUser', () => {
        remove(stage, 'eve@example.com')
        stage.member({ ...invited, userId: '5e4bc367c6b0f41b0000000b', status: 'ACTIVE' })
      })
      stage.depart({ username: 'eve@example.com' })
    },
    {
      publishes: [
        'okta:evt-1 deferred (MEMBER_CHANGED)',
        'okta:evt-1 held: rejoined (came back after a removal of this case that was sent, or about to be)',
      ],
      ends: { 'okta:evt-1': ['held: rejoined', 'removed'] },
    },
  ),
  leaver(
    'two bear the name by the time of the DELETE',
    (stage) => {
      stage.when('removeOrgUser', () => {
        remove(stage)
        for (const userId of [OTHER_ID, '5e4bc367c6b0f41b0000000b']) stage.member({ userId })
      })
      stage.depart()
    },
    {
      publishes: [
        'okta:evt-1 deferred (MEMBER_CHANGED)',
        'okta:evt-1 held: ambiguous_username (ada@example.com, ada@example.com)',
      ],
      stays: [ADA],
    },
  ),
  leaver(
    'an unexplained 404, and the member is there',
    (stage) => {
      stage.answers('removeOrgUser', STRANGE)
      stage.depart()
    },
    {
      publishes: ['okta:evt-1 refused: atlas_refused (RESOURCE_NOT_FOUND)'],
      asks: 'token, listOrgUsers, removeOrgUser, listOrgUsers',
      ends: { 'okta:evt-1': ['refused: atlas_refused', 'removed'] },
    },
  ),
  leaver(
    'an unexplained 404, and nobody is there',
    (stage) => {
      stage.answers('removeOrgUser', STRANGE)
      stage.when('removeOrgUser', () => remove(stage))
      stage.depart()
    },
    {
      publishes: ['okta:evt-1 already_absent'],
      asks: 'token, listOrgUsers, removeOrgUser, listOrgUsers ×3',
      ends: { 'okta:evt-1': GONE },
    },
  ),
  leaver(
    'an unexplained 404 after a lost answer, and nobody is there',
    (stage) => {
      lose(stage, STRANGE)
      stage.depart()
    },
    {
      publishes: ['okta:evt-1 removed (inferred)'],
      asks: 'token, listOrgUsers, removeOrgUser ×2, listOrgUsers ×3',
    },
  ),
  leaver(
    'an unexplained 404, and nobody can be listed',
    (stage) => {
      stage.answers('removeOrgUser', STRANGE)
      stage.when('removeOrgUser', () => stage.answers('listOrgUsers', DOWN, DOWN, DOWN, DOWN))
      stage.depart()
    },
    {
      publishes: ['okta:evt-1 deferred (SERVICE_UNAVAILABLE)', 'okta:evt-1 removed (answered)'],
    },
  ),
  leaver(
    'an unexplained 404, and one row of the list is unreadable',
    (stage) => {
      stage.answers('removeOrgUser', STRANGE)
      stage.when('removeOrgUser', () => {
        remove(stage)
        stage.answers('listOrgUsers', listOf([{ id: OTHER_ID, username: 'odd@example.com' }]))
      })
      stage.depart()
    },
    {
      publishes: ['okta:evt-1 deferred (UNREADABLE_ROW)', 'okta:evt-1 removed (inferred)'],
      ends: { 'okta:evt-1': GONE },
    },
  ),
  leaver(
    'the confirmation is an unexplained 404, and nobody is there',
    (stage) => {
      stage.answers('getOrgUser', STRANGE)
      stage.depart()
    },
    {
      publishes: ['okta:evt-1 removed (answered)'],
      asks: 'token, listOrgUsers, removeOrgUser, getOrgUser, listOrgUsers',
    },
  ),
  leaver(
    'the confirmation is an unexplained 404, and the member is still listed',
    (stage) => {
      stage.answers('removeOrgUser', { kind: 'reply', status: 204, headers: {}, body: undefined })
      stage.answers('getOrgUser', STRANGE)
      stage.depart()
    },
    {
      publishes: ['okta:evt-1 deferred (STILL_PRESENT)', 'okta:evt-1 removed (answered)'],
    },
  ),
  leaver(
    'the confirmation is an unexplained 404, and nobody can be listed',
    (stage) => {
      stage.answers('getOrgUser', STRANGE)
      stage.when('getOrgUser', () => stage.answers('listOrgUsers', DOWN, DOWN, DOWN, DOWN))
      stage.depart()
    },
    {
      publishes: ['okta:evt-1 deferred (SERVICE_UNAVAILABLE)', 'okta:evt-1 removed (answered)'],
    },
  ),
  leaver(
    'Atlas refuses the confirmation as if it were the removal',
    (stage) => {
      stage.answers('getOrgUser', refusal(400, 'VALIDATION_ERROR'))
      stage.depart()
    },
    {
      publishes: ['okta:evt-1 deferred (VALIDATION_ERROR)', 'okta:evt-1 removed (answered)'],
    },
  ),
  leaver(
    'Atlas says 204 and still lists the member',
    async (stage) => {
      stage.answers('removeOrgUser', { kind: 'reply', status: 204, headers: {}, body: undefined })
      stage.depart()
    },
    {
      publishes: ['okta:evt-1 deferred (STILL_PRESENT)', 'okta:evt-1 removed (answered)'],
    },
  ),
  ...[400, 406, 410].map((status) =>
    leaver(
      `Atlas refuses the DELETE with ${status}`,
      (stage) => {
        stage.answers('removeOrgUser', refusal(status, 'VALIDATION_ERROR'))
        stage.depart()
      },
      {
        publishes: [`okta:evt-1 refused: atlas_refused (VALIDATION_ERROR)`],
        ends: { 'okta:evt-1': [...REFUSED, 'removed'] },
      },
    ),
  ),
  leaver(
    'Atlas refuses the person by a listed 403',
    (stage) => {
      stage.answers('removeOrgUser', refusal(403, 'CANNOT_MODIFY_CHARTS_USER'))
      stage.depart()
    },
    {
      publishes: ['okta:evt-1 refused: atlas_refused (CANNOT_MODIFY_CHARTS_USER)'],
      ends: { 'okta:evt-1': [...REFUSED, 'removed'] },
    },
  ),
  {
    name: 'the last owner',
    async play(stage) {
      stage.member({ orgRoles: ['ORG_OWNER'] })
      stage.member({ username: BOB })
      stage.depart()
    },
    publishes: ['okta:evt-1 refused: last_owner (CANNOT_DELETE_LAST_ADMIN) of ORG_OWNER'],
    asks: 'token, listOrgUsers, removeOrgUser',
    stays: [ADA],
  },
  leaver(
    'an unlisted 403, and nobody else is refused',
    async (stage) => {
      stage.answers('removeOrgUser', refusal(403, 'NEVER_HEARD_OF'))
      stage.depart()
      await stage.wait(MINUTE)
      stage.depart({ id: 'okta:evt-2', username: 'cyd@example.com' })
    },
    {
      swept: 1,
      publishes: [
        'okta:evt-1 deferred (NEVER_HEARD_OF)',
        'notice unlisted_code',
        'okta:evt-2 already_absent',
        'okta:evt-1 removed (answered)',
      ],
      mayPublish: ['unlisted_code'],
    },
  ),
  leaver(
    'an unlisted 403, twice',
    async (stage) => {
      stage.answers('removeOrgUser', refusal(403, 'NEVER_HEARD_OF'), refusal(403, 'NEVER_HEARD_OF'))
      stage.depart()
    },
    {
      swept: 2,
      publishes: [
        'okta:evt-1 deferred (NEVER_HEARD_OF)',
        'notice unlisted_code',
        'okta:evt-1 removed (answered)',
      ],
      mayPublish: ['unlisted_code'],
    },
  ),
  leaver(
    'an unlisted 403, and a question about nobody is refused too',
    (stage) => {
      stage.answers('removeOrgUser', refusal(403, 'NEVER_HEARD_OF'))
      stage.when('removeOrgUser', () => stage.answers('listOrgUsers', refusal(403, 'NEVER_HEARD_OF')))
      stage.depart()
    },
    {
      swept: 1,
      publishes: [
        'notice stopped_credential',
        'okta:evt-1 deferred (NEVER_HEARD_OF)',
        'notice unlisted_code',
        'notice credential_restored',
        'okta:evt-1 removed (answered)',
      ],
    },
  ),
  leaver(
    'an invitation has ended by itself, and Atlas will not delete it',
    (stage) => {
      stage.member({ username: 'eve@example.com', status: 'INVITATION_EXPIRED' })
      stage.answers('removeOrgUser', refusal(400, 'VALIDATION_ERROR'))
      stage.depart({ username: 'eve@example.com' })
    },
    {
      publishes: ['okta:evt-1 already_absent'],
      asks: 'token, listOrgUsers ×2, removeOrgUser',
      ends: { 'okta:evt-1': GONE },
    },
  ),
  leaver(
    'an invitation has ended by itself, and the 404 explains nothing',
    (stage) => {
      stage.member({ username: 'eve@example.com', status: 'INVITATION_REJECTED' })
      stage.answers('removeOrgUser', STRANGE)
      stage.depart({ username: 'eve@example.com' })
    },
    {
      publishes: ['okta:evt-1 already_absent'],
      asks: 'token, listOrgUsers ×2, removeOrgUser',
      ends: { 'okta:evt-1': GONE },
    },
  ),
  leaver(
    'two ended invitations beside the member',
    (stage) => {
      stage.member({ userId: OTHER_ID, status: 'INVITATION_EXPIRED' })
      stage.member({ userId: '5e4bc367c6b0f41b0000000b', status: 'INVITATION_REJECTED' })
      stage.depart()
    },
    {
      publishes: ['okta:evt-1 removed (answered)'],
      asks: 'token, listOrgUsers, removeOrgUser, getOrgUser, removeOrgUser ×2',
    },
  ),
  leaver(
    'let in again with less before anybody saw them gone',
    async (stage) => {
      stage.answers('getOrgUser', DOWN, DOWN, DOWN, DOWN)
      stage.when('getOrgUser', () => {
        stage.member({ userId: '5e4bc367c6b0f41b00000001', orgRoles: [], projectRoles: [] }, 'joined')
      })
      stage.depart()
      await stage.wait(HOUR)
    },
    {
      publishes: [
        'okta:evt-1 deferred (SERVICE_UNAVAILABLE)',
        'okta:evt-1 held: rejoined (came back after a removal of this case that was sent, or about to be)',
      ],
      ends: { 'okta:evt-1': ['held: rejoined', 'removed'] },
    },
  ),
  leaver(
    'Atlas keeps them for a while, and their roles change meanwhile',
    async (stage) => {
      stage.answers('removeOrgUser', refusal(429, 'RATE_LIMITED', { 'retry-after': '60' }))
      stage.when('removeOrgUser', () => {
        for (const member of stage.world.org().members)
          if (member.username === ADA) stage.change(member, { teamIds: ['b0123456789abcdef0123999'] })
      })
      stage.depart({ effectiveAt: later(2 * SECOND) })
    },
    {
      publishes: [
        'okta:evt-1 scheduled',
        'okta:evt-1 deferred (RATE_LIMITED)',
        'okta:evt-1 removed (answered)',
      ],
    },
  ),
]

function listOf(results: readonly object[]) {
  const headers = { 'content-type': 'application/vnd.atlas.2025-02-19+json;charset=utf-8' }
  return { kind: 'reply', status: 200, headers, body: { results, totalCount: results.length } } as const
}
