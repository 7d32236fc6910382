import type { Stage } from '../stage.ts'

const HOUR = 3_600_000

/**
 * On-call resumes, and looks again an hour later: a pause that nobody answered was asked for again, and the second one may have come after the
 * resume.
 */
export async function resumeForGood(stage: Stage, orgId?: string): Promise<void> {
  const resume = { action: 'resume', ...(orgId && { orgId }) } as const
  await stage.act(resume)
  await stage.wait(HOUR)
  const key = orgId ? `org#${orgId}` : 'everyone'
  const isPaused = stage.world.table
    .items()
    .some(({ pk, body }) => pk === key && body.includes('"kind":"paused"'))
  if (isPaused) await stage.act(resume)
}
