import { LEAVER, leftoversOrg } from './atlas/leftovers-org.ts'
import { typeCommand } from './desk.ts'
import { comparison } from './members-table.ts'
import { oktaDeactivation } from './okta-deactivation.ts'
import type { Printer } from './print.ts'
import { membersIn, openScene } from './scene.ts'
import type { LocalStack } from './stack.ts'
import type { LeftoverDetail } from './timeline.ts'

const ORG = leftoversOrg()
const EXPECTED = { deleted: 3, reported: 6, failed: 0 }

/** An organization with leftovers, a stack that may clean them, and a read credential that sees the projects. */
export const LEFTOVERS_STACK = {
  orgs: [ORG],
  settings: { LEFTOVERS: 'clean' },
  aws: {
    secrets: { 'atlas-offboarding/read': JSON.stringify({ ...ORG.reader, orgId: ORG.orgId }) },
  },
}

/**
 * Lets Okta deactivate a member who has invitations and database users in thirty projects, and shows the leftovers and what became of
 * them.
 *
 * @returns the exit status
 */
export async function showLeftovers(stack: LocalStack, printer: Printer): Promise<number> {
  const { emulator, aws } = stack
  const { timeline } = openScene(stack, printer)
  const before = membersIn(stack)
  const invitedBefore = invitationsIn(stack)
  printer.title(`${LEAVER} leaves. LEFTOVERS=clean: once out, ${ORG.projects.length} projects are searched.`)

  const event = oktaDeactivation(LEAVER, new Date())
  await aws.putPartnerEvent(event)
  const isOurs = (uid: string) => uid === `okta:${event.detail.uuid}`
  const removal = await timeline.audited(
    ({ metadata, unmapped }) => isOurs(metadata.correlation_uid) && unmapped.outcome?.kind === 'removed',
  )
  const asked = emulator.requests.length
  const { unmapped } = await timeline.audited(
    ({ metadata, unmapped: { leftovers } }) => isOurs(metadata.correlation_uid) && leftovers !== undefined,
  )
  const { leftovers = [] } = unmapped
  const requests = emulator.requests.slice(asked).map(({ operation }) => operation ?? 'unknown')
  printer.note(`\nRequests to Atlas for it, after the removal: ${tally(requests)}`)

  const [caseId = ''] = removal.metadata.uid.split('/')
  printer.title('On-call looks at the case.')
  await typeCommand(stack, printer, ['case', caseId])
  printer.title('And what is there now, as the read credential sees it:')
  await typeCommand(stack, printer, ['leftovers', LEAVER])

  const { removed, untouched, text } = comparison(before, membersIn(stack))
  const gone = invitedBefore.filter((one) => !invitationsIn(stack).includes(one))
  const others = `${gone.length} of ${invitedBefore.length} invitations deleted, all of ${LEAVER}`
  printer.note(`\n${text}\n${others}`)
  const isReported = JSON.stringify(countsOf(leftovers)) === JSON.stringify(EXPECTED)
  const isClean = gone.length === EXPECTED.deleted && gone.every((one) => one.endsWith(` ${LEAVER}`))
  return removed.join() === LEAVER && untouched && isReported && isClean ? 0 : 1
}

/** `60 of one, 3 of another`. */
function tally(names: readonly string[]): string {
  return [...Map.groupBy(names, (name) => name)].map(([name, all]) => `${all.length} ${name}`).join(', ')
}

function countsOf(leftovers: readonly LeftoverDetail[]) {
  const count = (wanted: LeftoverDetail['action']) =>
    leftovers.filter(({ action }) => action === wanted).length
  return { deleted: count('deleted'), reported: count('reported'), failed: count('failed') }
}

function invitationsIn({ emulator }: LocalStack): readonly string[] {
  const { projects } = emulator.state.org(ORG.orgId)
  return [...projects.values()].flatMap(({ invites }) =>
    invites.map(({ id, username }) => `${id} ${username}`),
  )
}
