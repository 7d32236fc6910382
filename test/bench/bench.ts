/** `npm run bench`: the numbers we hold ourselves to, each beside its target, measured on this machine in this run. */
import { cpus } from 'node:os'
import { parseArgs } from 'node:util'
import type { Figure } from './measure.ts'
import { heading, text } from './table.ts'

type Measurement = { measure(options: { readonly memoryMb: number }): Promise<readonly Figure[]> }

/** Cheap ones first. Each is loaded when it is its turn. */
const MEASUREMENTS: Readonly<Record<string, () => Promise<Measurement>>> = {
  requests: () => import('./requests.ts'),
  calls: () => import('./calls.ts'),
  leftovers: () => import('./leftovers.ts'),
  hr: () => import('./hr.ts'),
  roster: () => import('./roster.ts'),
  verify: () => import('./verify.ts'),
  'open-cases': () => import('./open-cases.ts'),
  'retry-waits': () => import('./retry-waits.ts'),
  size: () => import('./size.ts'),
  init: () => import('./init.ts'),
  warm: () => import('./warm.ts'),
  cold: () => import('./cold.ts'),
  sizes: () => import('./sizes.ts'),
  flood: () => import('./flood.ts'),
  scale: () => import('./scale.ts'),
  'scale-processes': () => import('./scale-processes.ts'),
  memory: () => import('./memory.ts'),
}

const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    only: { type: 'string' },
    /** What serverless.yml gives the departures function. */
    memory: { type: 'string', default: '512' },
  },
})
const memoryMb = Number(values.memory)
const names = values.only?.split(',') ?? Object.keys(MEASUREMENTS)
const unknown = names.filter((name) => !Object.hasOwn(MEASUREMENTS, name))
if (unknown.length > 0) {
  console.error(`Cannot measure "${unknown.join('", "')}": choose of ${Object.keys(MEASUREMENTS).join(', ')}`)
  process.exit(2)
}

const machine = {
  cpu: cpus()[0]?.model ?? 'unknown',
  cores: cpus().length,
  node: process.version,
  platform: `${process.platform} ${process.arch}`,
}
console.log(values.json ? JSON.stringify({ machine }) : heading(machine))
for (const name of names) {
  const measurement = await MEASUREMENTS[name]?.()
  for (const figure of (await measurement?.measure({ memoryMb })) ?? [])
    console.log(values.json ? JSON.stringify({ measurement: name, ...figure }) : text(figure))
}
