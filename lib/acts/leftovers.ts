import { paragraphs } from '../cli/text.ts'
import { leftoversLine } from '../evidence/words.ts'
import {
  type Finding,
  invitationFinding,
  organizationFinding,
  projectFinding,
} from '../leftovers/findings.ts'
import { type ProjectReading, readProjects } from '../leftovers/read-projects.ts'
import { leftoversView, type SearchTask } from '../leftovers/search-task.ts'
import type { Task } from '../words/task.ts'
import { countOf } from '../words/wording.ts'
import { type ReaderDeps, reads } from './act.ts'
import { USERNAME } from './fields.ts'
import { findingsTable } from './findings-table.ts'

/** Lists what has a username now, in every project that the read credentials see. Changes nothing. */
export const leftovers = reads({
  name: 'leftovers',
  about: 'shows what outlives a membership: project invitations and database users; deletes nothing',
  examples: ['leftovers ada@example.com'],
  fields: { username: USERNAME },
  async does(deps, { username }, { deadline }) {
    const searches = deps.organizations.orgIds.map((orgId) => searchIn(deps, orgId, username, deadline))
    const [organizations, tasks] = await Promise.all([Promise.all(searches), deps.ledger.ofPerson(username)])
    /** What the searches after the person's cases came to, newest first. */
    return { username, organizations, searches: tasks.filter(isSearch).map(leftoversView) }
  },
  /** Exits 1 if anything was found, or could not be read. */
  show({ username, organizations, searches }, view) {
    const sections = organizations.map(({ orgId, projects, findings }) => {
      const title = `Organization ${orgId}, ${countOf(projects, 'project')}`
      return findings.length > 0
        ? `${title}\n${findingsTable(findings, view)}`
        : `${title}: nothing bears this name`
    })
    const history = searches.map((search) => `${search.case}  ${leftoversLine(search)}`)
    const past =
      history.length > 0 ? ['Searches after cases', ...history] : ['No case has searched for leftovers yet']
    return {
      text: paragraphs(username, ...sections, past.join('\n')),
      status: organizations.every(({ findings }) => findings.length === 0) ? 0 : 1,
    }
  },
})

/** Tells a search for leftovers from the other kinds of tasks. */
export function isSearch(task: Task): task is SearchTask {
  return task.kind === 'search'
}

/** @returns `projects`: how many our read credential sees */
async function searchIn(deps: ReaderDeps, orgId: string, username: string, until: Date) {
  const listed = await deps.projects.list(orgId, until)
  const unseen = (why: string, code: string) => {
    return { orgId, projects: 0, findings: [organizationFinding(orgId, why, code)] }
  }
  if (listed.kind === 'failure') return unseen('its projects could not be listed', listed.code)
  const { projects } = listed
  // An organization without projects looks the same, and has nothing to search.
  if (projects.length === 0) return unseen(NO_PROJECT, 'NO_PROJECT_VISIBLE')
  const wanted = { orgId, names: [username], until }
  const readings = await readProjects(deps, wanted, projects)
  return { orgId, projects: projects.length, findings: readings.flatMap(findingsIn) }
}

const NO_PROJECT =
  'our read credential sees no project: it needs the role Project Read Only, and for invitations Project Owner, in each'

function findingsIn({ project, findings, invitations, failure }: ProjectReading): readonly Finding[] {
  return [
    ...invitations.map((one) => invitationFinding(one, project, { action: 'reported' })),
    ...findings,
    ...(failure ? [projectFinding(project, 'could not be read', failure.code)] : []),
  ]
}
