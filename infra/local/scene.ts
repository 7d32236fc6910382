import type { Member } from './atlas/member.ts'
import { comparison } from './members-table.ts'
import type { Printer } from './print.ts'
import type { LocalStack } from './stack.ts'
import { type Timeline, watchTimeline } from './timeline.ts'

export type Scene = {
  readonly timeline: Timeline
  /** Shows what Atlas was asked and who is in it now. */
  end(): ReturnType<typeof comparison>
}

/** Remembers who is a member, and shows from now on what happens. */
export function openScene(stack: LocalStack, printer: Printer): Scene {
  const before = membersIn(stack)
  return {
    timeline: watchTimeline(stack, printer.step),
    end() {
      const after = membersIn(stack)
      printer.requests(stack.emulator.requests)
      printer.members(before, after)
      return comparison(before, after)
    },
  }
}

/** Everybody in the stack's organizations, by status as they are now. */
export function membersIn({ orgs, emulator }: LocalStack): readonly Member[] {
  return orgs.flatMap(({ orgId }) => emulator.state.org(orgId).members.all())
}
