import { shortCaller } from '../../lib/words/caller.ts'
import type { Member } from '../../lib/words/member.ts'
import { ORG } from '../support/cases.ts'
import type { WorldOptions } from '../support/world.ts'
import { BY_HUMANS } from './by-humans.ts'
import { ADA, type Alert, alertOf, MINUTE, type Scene, startScene, ZOE } from './scene.ts'
import { shownSteps, type Way, waysOut } from './ways-out.ts'

/** An incident, and what its alert's words must lead to. */
export type Drill = {
  readonly row: string
  /** What is special about it, where a row has several drills. */
  readonly when?: string
  readonly world?: WorldOptions
  /** Who is in the organization besides Zoe. */
  readonly members?: readonly Member[]
  /** Whom it is about. */
  readonly person?: Member
  situation(scene: Scene): Promise<void>
  /** What the human does elsewhere, because the row says what to check or to repair. */
  repair?(scene: Scene): void
  /** What the human learns elsewhere, because the row says whom to ask: placeholder → value. */
  readonly learns?: Readonly<Record<string, string>>
  readonly files?: Readonly<Record<string, string>>
  /** What comes after the act, and must take its course. */
  afterwards?(scene: Scene): Promise<void>
  /** Which of the ways out that the words offer. */
  readonly way?: number
  /** How the incident must end for the person. */
  readonly ends: 'out' | 'in'
  /** What else must hold at the end. @returns what does not */
  also?(scene: Scene): Promise<readonly string[]> | readonly string[]
}

/** Long enough for every act to take effect, and too short for most that happens by itself. */
const SETTLING_MS = 3 * MINUTE
/** Commands that change nothing. What they show below a case or an organization is typed next. */
const LOOKS = /^(?:status|cases?)\b/

/**
 * Makes the situation, takes the alert, types what its words say, and looks how that ends.
 *
 * @param words - in place of the alert's own
 * @returns what went wrong
 */
export async function play(drill: Drill, words?: string): Promise<readonly string[]> {
  const scene = startScene(drill.world)
  scene.world.org().members = [...(drill.members ?? [drill.person ?? ADA]), ZOE]
  await drill.situation(scene)
  const alert = alertOf(scene, drill.row)
  if (!alert) return [`nothing was published under "${drill.row}"`]

  const who = alert.actor && shortCaller(alert.actor.user.name)
  if (BY_HUMANS.has(drill.row) !== (who !== undefined && alert.message.includes(` By ${who}`)))
    return [`who did it: ${alert.message}`]
  const ways = waysOut(words ?? alert.unmapped.next)
  const way = ways[drill.way ?? 0] ?? []
  const isAct = way.some((command) => !LOOKS.test(command))
  if (isAct && problemsAtEnd(scene, drill, alert).length === 0) return ['it ended without the act']
  drill.repair?.(scene)
  const typed = await follow(scene, drill, { alert, way })
  await drill.afterwards?.(scene)
  await scene.passing(SETTLING_MS)
  return [...typed, ...problemsAtEnd(scene, drill, alert), ...((await drill.also?.(scene)) ?? [])]
}

type Followed = { readonly alert: Alert; readonly way: Way }

async function follow(scene: Scene, drill: Drill, { alert, way }: Followed): Promise<readonly string[]> {
  const problems: string[] = []
  for (const command of way) {
    const filled = fillIn(command, drill, alert)
    const unknown = /\b(?:CASE|ORG|USERNAME|USERID|WHY)\b/.exec(filled)
    if (unknown) return [...problems, `"${command}" asks for ${unknown[0]}, and nobody can know it`]
    const { status, out, err } = await scene.run(filled, { files: { ...drill.files } })
    if (status >= 2) problems.push(`"${filled}" ends with ${status}: ${err}`)
    const shown = LOOKS.test(filled) ? shownSteps(out) : []
    for (const next of shown)
      problems.push(...(await follow(scene, drill, { alert, way: waysOut(next)[0] ?? [] })))
  }
  return problems
}

/** Fills in what the alert says, and what its row says to find out. */
function fillIn(command: string, { person = ADA, learns = {} }: Drill, alert: Alert): string {
  const { user, unmapped } = alert
  const outcome = unmapped.outcome
  const candidates = outcome?.kind === 'held' ? (outcome.candidates ?? []) : []
  const known: Readonly<Record<string, string | undefined>> = {
    WHY: 'HR-1042',
    CASE: unmapped.case,
    USERNAME: user.name === 'Unknown' ? undefined : user.name,
    USERID: candidates.find(({ userId }) => userId === person.userId)?.userId,
    ...learns,
  }
  return command.replace(/\b(?:WHY|CASE|USERNAME|USERID)\b/g, (name) => known[name] ?? name)
}

function problemsAtEnd(
  { world }: Scene,
  { person = ADA, ends }: Drill,
  { unmapped }: Alert,
): readonly string[] {
  const places = new Set([ORG, ...world.cases().map(({ state }) => state.orgId)])
  const isIn = [...places].some((orgId) =>
    world.org(orgId).members.some(({ userId }) => userId === person.userId),
  )
  const isZoeIn = world.org().members.some(({ userId }) => userId === ZOE.userId)
  const kase = world.cases().find(({ id }) => id === unmapped.case)
  return [
    ...(isIn === (ends === 'in') ? [] : [`the person is ${isIn ? 'still in' : 'out'}`]),
    ...(kase && !kase.closedAt ? ['the case is still open'] : []),
    ...(isZoeIn ? [] : ['a colleague is out']),
  ]
}
