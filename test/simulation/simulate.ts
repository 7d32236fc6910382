/**
 * `npm run simulate`: the proof. Over every story each fault, each pair of faults in the calls of one invocation, and each schedule with one
 * forced switch; random stories with random faults, days of odd answers, and planted bugs that the proof must notice.
 *
 * --seeds N   random stories, 10,000 unless said otherwise
 * --seed S    plays one of them again and tells it
 * --odd N     days of odd answers, 20 unless said otherwise
 * --deep      pairs of faults in two invocations, up to three faults in the first 12 calls, two forced switches; nothing else. Its figures are
 *             kept in deep-figures.json, with a digest of the core: put them into test/README.md
 * --share 3/20  of the deep run the third of twenty parts: once all were played, the figures are whole
 * --json      tells the figures as JSON
 */
import { parseArgs } from 'node:util'
import { keepDeepFigures, shareIn } from './deep-figures.ts'
import type { Caught } from './power.ts'
import { power } from './power.ts'
import { prove } from './prove.ts'
import { replay } from './random.ts'
import { deepFiguresOf, failuresIn, figures, narrative } from './report.ts'

const { values: options } = parseArgs({
  options: {
    seeds: { type: 'string', default: '10000' },
    seed: { type: 'string' },
    odd: { type: 'string', default: '20' },
    deep: { type: 'boolean', default: false },
    share: { type: 'string', default: '1/1' },
    json: { type: 'boolean', default: false },
  },
})

if (options.seed === undefined) await simulate()
else await tell(Number(options.seed))

async function simulate(): Promise<void> {
  const startedAt = performance.now()
  const deep = options.deep ? shareIn(options.share) : undefined
  const proof = await prove({
    seeds: Number(options.seeds),
    oddDays: Number(options.odd),
    ...(deep && { deep }),
  })
  if (deep) await keepDeepFigures(deep, deepFiguresOf(proof))
  const caught: Caught[] = []
  if (!deep) await power((one) => void caught.push(one))
  const seconds = (performance.now() - startedAt) / 1_000
  console.log(
    options.json
      ? JSON.stringify({ ...proof, caught, seconds }, undefined, 2)
      : figures(proof, caught, seconds),
  )
  if (failuresIn(proof) > 0 || caught.some(({ isCaught }) => !isCaught)) process.exitCode = 1
}

async function tell(seed: number): Promise<void> {
  const { result } = await replay(seed)
  console.log(narrative(result))
  if (result.violations.length > 0) process.exitCode = 1
}
