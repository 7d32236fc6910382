import { NOBODY, type PersonState, personKey } from '../core/returns.ts'
import { remember } from '../core/runner.ts'
import { noticeDraft } from '../words/audit-event.ts'
import { writes } from './act.ts'
import { isCase } from './change-cases.ts'
import { ALONE, CLAIM, SWITCH, USERNAME, wordOf } from './fields.ts'

/** Keeps a person from being forgotten, whatever name of theirs is given to `forget`. It does not lengthen retention. */
export const legalHold = writes({
  name: 'legal-hold',
  about: 'keeps a person from being forgotten, until the hold is lifted',
  examples: [
    'legal-hold ada@example.com --because "case 7 of 2026"',
    'legal-hold ada@example.com --lift --because "case 7 is closed"',
  ],
  fields: {
    username: USERNAME,
    lift: { ...SWITCH, about: 'the person may be forgotten again' },
    ...CLAIM,
    ...ALONE,
  },
  needsTwo: ({ lift }) => lift === true,
  async fixes({ ledger }, { username }) {
    const cases = (await ledger.ofPerson(username)).filter(isCase)
    return Object.fromEntries(cases.map(({ id, version }) => [id, version]))
  },
  asks: ({ username, lift }) =>
    lift ? `Lift the legal hold on ${username}, who may then be forgotten?` : undefined,
  async does(deps, request, invocation) {
    const { username, lift = false } = request
    const { at, because, requestId, ...actor } = wordOf(deps, request, invocation)
    const said = { because, request_id: requestId }
    const name = lift ? 'legal_hold_lifted' : 'legal_hold_set'
    const cases = (await deps.ledger.ofPerson(username)).filter(isCase).map(({ id }) => id)
    const notice = noticeDraft({ name, at, actor, user: { name: username }, cases, unmapped: said })
    const { memory, isChanged } = await remember<PersonState>(deps, personKey(username), (state = NOBODY) => {
      const { legalHold: known, ...rest } = state
      if (rest.forgetting || lift === (known === undefined)) return undefined
      const legalHold = { at, because, requestId, ...actor }
      return { state: lift ? rest : { ...rest, legalHold }, drafts: [notice] }
    })
    if (memory.state?.forgetting) return { error: '`username`: is being forgotten' }
    return { username, held: !lift, changed: isChanged }
  },
  show({ username, held, changed }) {
    const now = held ? 'is kept from being forgotten' : 'may be forgotten'
    return { text: `${username} ${now}${changed ? '' : '; nothing changed'}`, status: 0 }
  },
})
