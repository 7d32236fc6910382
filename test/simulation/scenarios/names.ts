import type { Scenario } from '../scenario.ts'

/** Who is meant by a name. */
export const NAMES: readonly Scenario[] = [
  {
    name: 'namesakes',
    async play(stage) {
      stage.world.org().filter = 'prefix'
      stage.member({ username: 'adam@example.com' })
      stage.member({ username: 'Ada@Example.com' })
      stage.member({ username: 'ada@example.com.example.com' })
      stage.depart()
    },
    ends: { 'okta:evt-1': ['removed'] },
    stays: ['adam@example.com', 'ada@example.com.example.com'],
  },
  {
    name: 'an alias that the source vouches for',
    async play(stage) {
      stage.member({ username: 'ada@old.example.com' })
      stage.depart({ aliases: ['ada@old.example.com'] })
    },
    ends: { 'okta:evt-1': ['removed'] },
  },
  {
    name: 'an address that may be an alias',
    async play(stage) {
      stage.member({ username: 'ada+atlas@example.com' })
      stage.depart()
    },
    ends: { 'okta:evt-1': ['held: possible_alias'] },
    stays: ['ada+atlas@example.com'],
  },
  {
    name: 'renamed in Atlas while the case waits',
    async play(stage) {
      const ada = stage.member()
      stage.depart()
      await stage.wait(20_000)
      const org = stage.world.org()
      org.members = org.members.map((member) =>
        member.userId === ada.userId ? { ...member, username: 'lovelace@example.com' } : member,
      )
    },
    // Who bears another name by now is not found by the old one; whether they were meant a human must say.
    ends: { 'okta:evt-1': ['removed', 'already_absent', 'held: ambiguous_username'] },
  },
]
