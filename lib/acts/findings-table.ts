import type { View } from '../cli/command.ts'
import { table } from '../cli/table.ts'
import { leftoverAdvice, spoken } from '../evidence/words.ts'
import type { Finding } from '../leftovers/findings.ts'
import { countOf } from '../words/wording.ts'

const COLUMNS = ['DONE', 'WHAT', 'PROJECT', 'WHY', 'ID']

/** Lists leftovers, those first that need a human. Below the last of each kind it says what to do about them. */
export function findingsTable(findings: readonly Finding[], { width }: View): string {
  const inOrder = gathered(findings).toSorted((one, other) => order(one) - order(other))
  const rows = inOrder.map((finding, index) => {
    const { action, kind, projectId, projectName, why, id, code } = finding
    const advice = leftoverAdvice(finding)
    const next = inOrder[index + 1]
    const isLast = next === undefined || leftoverAdvice(next) !== advice
    const cells = [action, spoken(kind), projectName ?? projectId, code ? `${why} (${code})` : why, id]
    return { cells, below: advice && isLast ? `to do: ${advice}` : undefined }
  })
  return table(COLUMNS, rows, width)
}

/** Up to this many projects that fail for one reason are listed one by one; more become one line. */
const MOST_ALIKE = 3

/** Merges projects that fail for one reason, such as a role that is missing in each. */
function gathered(findings: readonly Finding[]): readonly Finding[] {
  const alike = Map.groupBy(findings, ({ kind, why, code, id }) =>
    kind === 'project' ? `${why} ${code}` : `${kind} ${id}`,
  )
  return [...alike.values()].flatMap((group) => {
    const [first] = group
    if (first?.kind !== 'project' || group.length <= MOST_ALIKE) return group
    return [{ ...first, projectName: countOf(group.length, 'project'), id: `${first.id}, …` }]
  })
}

const ACTIONS: readonly Finding['action'][] = ['failed', 'reported', 'deleted']
const KINDS: readonly Finding['kind'][] = ['organization', 'project', 'project_invitation', 'database_user']

function order({ action, kind }: Finding): number {
  return ACTIONS.indexOf(action) * KINDS.length + KINDS.indexOf(kind)
}
