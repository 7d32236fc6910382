import type { Roster } from './roster.ts'
import type { Statement } from './statement.ts'

type Lines = Readonly<Record<'neither' | 'unclear', number>>

/** Says what is wrong with a file as a whole. If half of the lines are not understood, the wrong column is read, or its words are not configured. */
export function problemOfFile(
  { lines, nameless, columns, hasActive, isEnded }: Roster,
  { neither, unclear }: Lines,
  latest: Statement | undefined,
): string | undefined {
  if (!columns.status && !columns.date)
    return 'no column says who left: neither a status nor a leaving date is among the known or configured names'
  if (nameless > lines)
    return 'most lines name nobody: is the column of addresses the right one, and are they readable?'
  if ((neither + unclear) * 2 > lines)
    return `most lines have a status or a date that is not known: configure \`left\`, \`active\`, \`dayOrder\` or \`columns\`, leave dates empty where there are none${hasActive ? ', and have a column such as Active filled in on each line' : ''}`
  // Without a line break at the end, "left" without a date may have lost the date. An active line, or one with a date, says enough.
  if (!isEnded && !(latest && (latest.kind === 'active' || ('endsAt' in latest && latest.endsAt))))
    return 'its last line does not end, and says too little: is it cut off?'
  return undefined
}
