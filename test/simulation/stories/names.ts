import type { Story } from '../story.ts'

/** Who is meant by a name. */
export const NAMES: readonly Story[] = [
  {
    name: 'namesakes',
    async play(stage) {
      stage.world.org().filter = 'prefix'
      stage.member({ username: 'adam@example.com' })
      stage.member({ username: 'Ada@Example.com' })
      stage.member({ username: 'ada@example.com.example.com' })
      stage.depart()
    },
    publishes: ['okta:evt-1 removed (answered)'],
    asks: 'token, listOrgUsers, removeOrgUser, getOrgUser',
    stays: ['adam@example.com', 'ada@example.com.example.com'],
  },
  {
    name: 'an alias that the source vouches for',
    async play(stage) {
      stage.member({ username: 'ada@old.example.com' })
      stage.depart({ aliases: ['ada@old.example.com'] })
    },
    publishes: ['okta:evt-1 removed (answered)'],
  },
  {
    name: 'an address that may be an alias',
    async play(stage) {
      stage.member({ username: 'ada+atlas@example.com' })
      stage.depart()
    },
    publishes: ['okta:evt-1 held: possible_alias (ada+atlas@example.com)'],
    asks: 'token, listOrgUsers ×4',
    stays: ['ada+atlas@example.com'],
  },
  {
    name: 'renamed in Atlas while the case waits',
    async play(stage) {
      const ada = stage.member()
      stage.depart()
      await stage.wait(20_000)
      stage.change(ada, { username: 'lovelace@example.com' })
    },
    // Who bears another name by now is not found by the old one; whether they were meant a human must say.
    publishes: ['okta:evt-1 removed (answered)'],
    ends: { 'okta:evt-1': ['removed', 'already_absent', 'held: renamed'] },
  },
]
