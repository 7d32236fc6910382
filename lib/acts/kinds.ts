import type { SearchTask } from '../leftovers/search-task.ts'
import type { Case } from '../words/case.ts'
import type { Task } from '../words/task.ts'

/** Tells a case from the other kinds of tasks. */
export function isCase(task: Task): task is Case {
  return task.kind === 'case'
}

/** Tells a search for leftovers from the other kinds of tasks. */
export function isSearch(task: Task): task is SearchTask {
  return task.kind === 'search'
}
