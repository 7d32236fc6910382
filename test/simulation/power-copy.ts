/** Plays the stories of one bug in this copy of the sources, and tells which checkers object. */
import { BUGS } from './bugs.ts'
import { exhaust } from './exhaustive.ts'
import { schedule } from './schedules.ts'
import { storyNamed } from './stories.ts'

const bug = BUGS.find(({ name }) => name === process.argv[2])
const said = new Map<string, string>()
for (const name of bug?.stories ?? []) {
  const story = storyNamed(name)
  const struck = await exhaust(story, { faults: 1 })
  if (bug?.needsSchedule && struck.failures > 0) throw new Error('A fault shows it, too')
  for (const { failed } of [struck, await schedule(story)])
    for (const { violations } of failed)
      for (const { checker, says } of violations) if (!said.has(checker)) said.set(checker, says)
}
process.stdout.write(JSON.stringify(Object.fromEntries(said)))
