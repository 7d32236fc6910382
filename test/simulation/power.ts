import { execFile } from 'node:child_process'
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { BUGS, type Bug } from './bugs.ts'

/** Whether the proof notices a mistake, and how it says so. */
export type Caught = { readonly bug: Bug; readonly isCaught: boolean; readonly says: string }

type BugOfTest = Extract<Bug, { readonly test: string }>

/** Alone it takes seconds; on a busy machine, what is still busy then is stuck. */
const LONGEST_MS = 300_000
/** What plays the stories, and what the packaged policies are made of. */
const PARTS = [
  ...[
    'lib',
    'functions',
    'infra',
    'test/simulation',
    'test/support',
    'test/fixtures',
    'test/integration/template',
    'test/unit',
    'test/integration/aws-client.test.ts',
    'test/integration/wire.test.ts',
  ],
  ...['serverless.yml', 'package.json', 'package-lock.json', 'vitest.config.ts'],
]
const ROOT = fileURLToPath(new URL('../..', import.meta.url))

/** Plants one bug after the other in a copy of the sources. The sources themselves hold no switch for it. */
export async function power(tell: (caught: Caught) => void, bugs = BUGS): Promise<void> {
  const waiting = [...bugs]
  await Promise.all(Array.from({ length: availableParallelism() }, () => plantIn(waiting, tell)))
}

async function plantIn(waiting: Bug[], tell: (caught: Caught) => void): Promise<void> {
  const copy = await mkdtemp(join(tmpdir(), 'simulation-'))
  try {
    for (const part of PARTS) await cp(join(ROOT, part), join(copy, part), { recursive: true })
    await symlink(join(ROOT, 'node_modules'), join(copy, 'node_modules'))
    for (let bug = waiting.shift(); bug; bug = waiting.shift()) tell(await plant(copy, bug))
  } finally {
    await rm(copy, { recursive: true, force: true })
  }
}

async function plant(copy: string, bug: Bug): Promise<Caught> {
  const file = join(copy, bug.file)
  const source = await readFile(file, 'utf8')
  await writeFile(file, patched(source, bug))
  const objections = await ('test' in bug ? runTest(copy, bug) : play(copy, bug))
  await writeFile(file, source)
  return judged(bug, objections)
}

/** @throws if the sources have changed so that the patch does not fit any more */
function patched(source: string, { name, was, becomes }: Bug): string {
  const places = source.split(was).length - 1
  if (places !== 1) throw new Error(`Cannot plant "${name}": its place is there ${places} times`)
  return source.replace(was, () => becomes)
}

async function play(copy: string, { name }: Bug): Promise<Readonly<Record<string, string>>> {
  const args = [join(copy, 'test/simulation/power-copy.ts'), name]
  try {
    const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: copy, timeout: LONGEST_MS })
    return JSON.parse(stdout)
  } catch (error) {
    // It did not even end: that is nobody's objection, and may be a fault of the copy.
    return { [`it did not run (${(error as Error).message.split('\n').slice(0, 8).join(' ')})`]: '' }
  }
}

/** Only the very test counts: one that cannot be run in the copy has not noticed anything. */
async function runTest(
  copy: string,
  { caughtBy, test }: BugOfTest,
): Promise<Readonly<Record<string, string>>> {
  const vitest = join(ROOT, 'node_modules/vitest/vitest.mjs')
  const name = test.replace(/[^\w\s]/g, String.raw`\$&`)
  // As vitest.config.ts says.
  const report = join(copy, 'coverage/tests.json')
  await rm(report, { force: true })
  const args = [vitest, 'run', caughtBy, '-t', name, '--maxWorkers=1']
  // It exits with a failure if the mistake is noticed.
  await promisify(execFile)(process.execPath, args, { cwd: copy, timeout: LONGEST_MS }).catch(() => undefined)
  const { testResults } = JSON.parse(await readFile(report, 'utf8').catch(() => NOT_RUN)) as Report
  const failed = testResults
    .flatMap(({ assertionResults }) => assertionResults)
    .find(({ status, fullName }) => status === 'failed' && fullName.includes(test))
  return failed ? { [caughtBy]: failed.failureMessages.join(' ') } : {}
}

const NOT_RUN = JSON.stringify({ testResults: [] } satisfies Report)

/** The part of vitest's report that is read here. */
type Report = {
  readonly testResults: readonly {
    readonly assertionResults: readonly {
      readonly fullName: string
      readonly status: string
      readonly failureMessages: readonly string[]
    }[]
  }[]
}

function judged(bug: Bug, objections: Readonly<Record<string, string>>): Caught {
  const expected = objections[bug.caughtBy]
  if (expected !== undefined) return { bug, isCaught: true, says: expected }
  const others = Object.keys(objections).join(', ') || 'nobody'
  return { bug, isCaught: false, says: `${bug.caughtBy} should have objected, ${others} did` }
}
