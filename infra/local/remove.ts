import { typeCommand } from './desk.ts'
import type { Printer } from './print.ts'
import { openScene } from './scene.ts'
import type { LocalStack } from './stack.ts'

type Wanted = { readonly username: string; readonly dryRun: boolean }

/**
 * Runs the command `remove` as on-call would, and shows what happens meanwhile.
 *
 * @returns the command's exit status
 */
export async function showRemoval(
  stack: LocalStack,
  printer: Printer,
  { username, dryRun }: Wanted,
): Promise<number> {
  const scene = openScene(stack, printer)
  printer.title(dryRun ? `On-call asks: would ${username} be removed?` : `On-call removes ${username}.`)
  const how = dryRun ? ['--dry-run'] : ['--because', 'HR-1042', '--yes']
  const shown = scene.timeline.audited(({ unmapped }) => unmapped.outcome !== undefined)
  const status = await typeCommand(stack, printer, ['remove', username, ...how])
  if (status > 1) return status
  await shown
  scene.end()
  return status
}
