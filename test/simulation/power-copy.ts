/** Plays the stories of one bug in this copy of the sources, and tells which checkers object. */
import { BUGS } from './bugs.ts'
import { exhaust } from './exhaustive.ts'
import { storyNamed } from './stories.ts'

const bug = BUGS.find(({ name }) => name === process.argv[2])
const said = new Map<string, string>()
for (const name of bug?.stories ?? []) {
  const { failed } = await exhaust(storyNamed(name), { faults: 1 })
  for (const { violations } of failed)
    for (const { checker, says } of violations) if (!said.has(checker)) said.set(checker, says)
}
process.stdout.write(JSON.stringify(Object.fromEntries(said)))
