import { vi } from 'vitest'
import { type Json, valueAt } from '../../infra/check/template.ts'
import { powertoolsJournal } from '../../lib/aws/log.ts'
import type { JournalEntry } from '../../lib/core/journal.ts'
import { packagedTemplate } from '../integration/template/packaged-template.ts'
import { type AlarmState, type Datapoint, metricsIn, statesOf } from '../support/cloudwatch.ts'
import { deployed } from '../support/policy-double/deployed.ts'
import { printed } from '../support/printed.ts'
import type { WorldOptions } from '../support/world.ts'
import { startScene } from './scene.ts'

export const TEMPLATE = await packagedTemplate()
/** With every source, so that each rule and each metric of an alarm is there. */
export const STACK = deployed(TEMPLATE, {
  DepartureEventSources: 'example.hr',
  OktaEventBus: 'aws.partner/okta.com/example',
  SailPointEventBus: 'aws.partner/sailpoint.com/example',
  Auth0EventBus: 'aws.partner/auth0.com/example',
})

export type WatchedScene = ReturnType<typeof watchedScene>

/** A scene whose functions write to a real log, with what CloudWatch reads in it. */
export function watchedScene(options: WorldOptions = {}) {
  nameMetrics()
  const { journal, metrics } = powertoolsJournal()
  const points: Datapoint[] = []
  /** Where the departures function ends, as if it ran out of memory. */
  const departures: { dieAt?: 'anything' | 'atlas' | undefined } = {}
  const scene = startScene({
    ...options,
    note,
    faultFor({ role, service }) {
      const isHit = departures.dieAt === 'anything' || departures.dieAt === service
      return role === 'departures' && isHit ? { kind: 'crash', when: 'before' } : undefined
    },
  })
  const { time } = scene.world
  const startedAt = time.now()

  function note(entry: JournalEntry): void {
    const lines = printed(() => {
      journal.note(entry)
      metrics.publishStoredMetrics()
    })
    const objects = lines.filter((line) => line.startsWith('{'))
    points.push(...objects.flatMap((line) => metricsIn(line, time.now())))
  }

  return {
    ...scene,
    points,
    departures,
    note,
    /** What an alarm says now, after everything that was measured since the beginning. */
    state(alarm: Json): AlarmState | undefined {
      return statesOf(alarm, points, { from: startedAt, until: time.now() }).at(-1)?.state
    },
  }
}

/** Has Powertools name metrics as in the packaged functions. */
function nameMetrics(): void {
  const environment = valueAt(TEMPLATE.Resources.SweepLambdaFunction, 'Properties.Environment.Variables')
  for (const name of ['POWERTOOLS_SERVICE_NAME', 'POWERTOOLS_METRICS_NAMESPACE'])
    vi.stubEnv(name, String(valueAt(STACK.resolve(environment), name)))
}
