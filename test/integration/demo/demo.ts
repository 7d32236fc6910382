import { spawn } from 'node:child_process'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'

/** Starts one of the demo's commands as `npm start` and `npm run local` do, with its output going into pipes. */
export function startDemo(command: 'start' | 'local', args: readonly string[] = []) {
  const file = fileURLToPath(new URL(`../../../infra/local/${command}.ts`, import.meta.url))
  // A test runner asks for colors by itself; a pipe does not.
  const { FORCE_COLOR: _, ...env } = process.env
  return spawn(process.execPath, [file, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] })
}

/** Runs `npm start -- …` to its end. */
export async function start(...args: readonly string[]) {
  const child = startDemo('start', args)
  const status = new Promise((resolve) => child.once('close', resolve))
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)])
  return { stdout, stderr, status: await status }
}

/** Finds the names of the steps in a timeline. */
export function stepsIn(stdout: string): readonly string[] {
  return [...stdout.matchAll(/^ *\d+ ms {2}(\w+)/gm)].map(([, step]) => step ?? '')
}
