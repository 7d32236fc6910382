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
  ],
  ...['serverless.yml', 'package.json', 'package-lock.json', 'vitest.config.ts'],
]
const ROOT = fileURLToPath(new URL('../..', import.meta.url))

/** Plants every bug in a copy of the sources of its own, and plays there. The sources themselves hold no switch for it. */
export async function power(tell: (caught: Caught) => void): Promise<void> {
  const waiting = [...BUGS]
  const work = async () => {
    for (let bug = waiting.shift(); bug; bug = waiting.shift()) tell(await plant(bug))
  }
  await Promise.all(Array.from({ length: availableParallelism() }, work))
}

async function plant(bug: Bug): Promise<Caught> {
  const copy = await mkdtemp(join(tmpdir(), 'simulation-'))
  try {
    for (const part of PARTS) await cp(join(ROOT, part), join(copy, part), { recursive: true })
    await symlink(join(ROOT, 'node_modules'), join(copy, 'node_modules'))
    await patch(join(copy, bug.file), bug)
    return judged(bug, 'test' in bug ? await runTest(copy, bug) : await play(copy, bug))
  } finally {
    await rm(copy, { recursive: true, force: true })
  }
}

/** @throws if the sources have changed so that the patch does not fit any more */
async function patch(file: string, { name, was, becomes }: Bug): Promise<void> {
  const source = await readFile(file, 'utf8')
  const places = source.split(was).length - 1
  if (places !== 1) throw new Error(`Cannot plant "${name}": its place is there ${places} times`)
  await writeFile(
    file,
    source.replace(was, () => becomes),
  )
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
  const args = [vitest, 'run', caughtBy, '-t', name, '--reporter=json', '--maxWorkers=1']
  const options = { cwd: copy, timeout: LONGEST_MS }
  // It exits with a failure if the mistake is noticed.
  const { stdout } = await promisify(execFile)(process.execPath, args, options).catch((error) => error)
  const { testResults } = JSON.parse(stdout) as Report
  const failed = testResults
    .flatMap(({ assertionResults }) => assertionResults)
    .find(({ status, fullName }) => status === 'failed' && fullName.includes(test))
  return failed ? { [caughtBy]: failed.failureMessages.join(' ') } : {}
}

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
