/** Plays the stories of one bug in this copy of the sources until whoever must object does, and tells who did. */
import { BUGS } from './bugs.ts'
import { exhaust } from './exhaustive.ts'
import { deviationIn, playPlain } from './plain.ts'
import type { Violation } from './run.ts'
import { schedule } from './schedules.ts'
import { storyNamed } from './stories.ts'
import type { Story } from './story.ts'

const bug = BUGS.find(({ name }) => name === process.argv[2])
const said = new Map<string, string>()
if (bug && 'stories' in bug)
  for (const name of bug.stories)
    for (const objections of [inPlain, inFaults, inSchedules]) {
      if (said.has(bug.caughtBy)) break
      for (const { checker, says } of await objections(storyNamed(name)))
        if (!said.has(checker)) said.set(checker, says)
    }
process.stdout.write(JSON.stringify(Object.fromEntries(said)))

type Objection = { readonly checker: Violation['checker'] | 'as_told'; readonly says: string }

async function inPlain(story: Story): Promise<readonly Objection[]> {
  const run = await playPlain(story)
  const says = deviationIn(run)
  return says === undefined ? run.violations : [{ checker: 'as_told', says }, ...run.violations]
}

async function inFaults(story: Story): Promise<readonly Objection[]> {
  const { failures, failed } = await exhaust(story, { faults: 1 })
  if (bug && 'stories' in bug && bug.needsSchedule && failures > 0) throw new Error('A fault shows it, too')
  return failed.flatMap(({ violations }) => violations)
}

async function inSchedules(story: Story): Promise<readonly Objection[]> {
  return (await schedule(story)).failed.flatMap(({ violations }) => violations)
}
