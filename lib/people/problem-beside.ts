import type { RosterEvaluation, Verdict } from './evaluate-roster.ts'
import { isOfLeavers, type RosterState, saysTooMuch } from './roster-state.ts'

const SHIFTED = 'do its cells stand under the names of other columns?'

/** So few people may all leave at once. */
const MOST_AT_ONCE = 3

/**
 * Says what is wrong with a file, compared with the members and with the file before.
 *
 * @param at - when it was written
 * @param isDateChosen - somebody configured the column of dates, and knows what stands in it
 */
export function problemBeside(
  evaluation: RosterEvaluation,
  { at, isDateChosen }: { readonly at: Date; readonly isDateChosen: boolean },
  before: RosterState | undefined,
): string | undefined {
  const { people } = evaluation
  if (saysTooMuch(people, before?.leavers)) return 'more members leave or are back than one file may say'
  return problemOfColumns(evaluation, before) ?? problemOfPeople(evaluation, at, before, isDateChosen)
}

function problemOfColumns(
  { counts, columns, withStatus, isEnded }: RosterEvaluation,
  before: RosterState | undefined,
): string | undefined {
  const last = before?.last
  if (last?.isEnded && !isEnded)
    return 'its last line does not end, as that of the file before did: is it cut off?'
  const lost = (['status', 'date'] as const).find((column) => last?.columns[column] && !columns[column])
  if (lost !== undefined)
    return `it has no column of a ${lost} any more, and the file before had one: if it has another name now, say so with \`columns\``
  // Some files have a status for leavers only, and some days nobody leaves.
  const isUsual = last ? !last.hasStatus : counts.left + counts.ahead > 0
  if (columns.status && withStatus === 0 && !isUsual)
    return `nobody has a status, though it has a column of them; ${SHIFTED} If only leavers have one, the first file that names one is taken. If it is always empty, leave the column out of the export`
  const isMostlyAhead = (of: RosterEvaluation['counts']) =>
    of.ahead > MOST_AT_ONCE && of.ahead * 2 >= of.lines
  if (last && !last.isOfLeavers && isMostlyAhead(counts) && !isMostlyAhead(last.counts))
    return `most people have a last day ahead, and in the file before few had; ${SHIFTED}`
  return undefined
}

function problemOfPeople(
  evaluation: RosterEvaluation,
  at: Date,
  before: RosterState | undefined,
  isDateChosen: boolean,
): string | undefined {
  const { counts, people, ours, members, movedIds } = evaluation
  const last = before?.last
  const leaving = [...people.values()].filter(({ kind }) => kind === 'leaving')
  const isAhead = (one: Verdict) => one.kind === 'leaving' && one.endsAt !== undefined && one.endsAt > at
  const gone = leaving.filter((one) => !isAhead(one)).length
  const isLeaversOnly = isOfLeavers(evaluation, before)
  const base = isLeaversOnly ? members : ours
  // A file of leavers is long or short by chance.
  if (last && !(isLeaversOnly && last.isOfLeavers) && counts.lines * 2 <= last.counts.lines)
    return `it names ${counts.lines} people, and the file before named ${last.counts.lines}: is it cut off? If not, give the roster a new \`name\``
  if (ours === 0 && !isLeaversOnly)
    return 'it names people who are there, and none of them is in Atlas: is it of this company, and are its addresses readable?'
  if (last && !isLeaversOnly && !last.isOfLeavers && ours * 2 <= last.named * members)
    return 'it names half as many of the people in Atlas as the file before, or fewer: are its addresses readable? If they are, give the roster a new `name`'
  if (movedIds > MOST_AT_ONCE)
    return `${movedIds} ids of members stand beside other addresses than in the file before: was one column sorted or moved alone? If the ids or addresses are new ones, give the roster a new \`name\``
  if (isHalf(gone, base))
    return `${gone} of ${base} members would leave by it, which is half of them or more; ${SHIFTED} If they did leave, remove some yourself (remove USERNAME), until fewer leave by it than stay`
  if (!last && !isDateChosen && isHalf(leaving.length, base))
    return `${leaving.length} of ${base} members have a last day, which is half of them or more; ${SHIFTED} If not, say in which column it stands (\`columns\`)`
  return undefined
}

function isHalf(some: number, of: number): boolean {
  return some > MOST_AT_ONCE && some * 2 >= of
}
