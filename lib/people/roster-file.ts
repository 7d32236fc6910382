/** One version of one file. */
export type RosterFile = {
  readonly key: string
  readonly version: string
  /** Hexadecimal, from S3; orders the versions of one key. */
  readonly sequencer: string
  readonly at: Date
}

/**
 * Tells whether a file is newer than the last one, the same version again, or older.
 *
 * Versions of one key are ordered by S3's sequencers; the shorter one is padded with zeros on the left. Files of different keys are ordered
 * by the dates in their names, or if they have none, by when they were written.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html
 */
export function ageOf(file: RosterFile, last: RosterFile | undefined): 'newer' | 'again' | 'older' {
  if (!last) return 'newer'
  if (file.key === last.key && file.version === last.version) return 'again'
  if (file.key === last.key) {
    const length = Math.max(file.sequencer.length, last.sequencer.length)
    const [one, other] = [file, last].map(({ sequencer }) => sequencer.toUpperCase().padStart(length, '0'))
    return (one ?? '') > (other ?? '') ? 'newer' : 'older'
  }
  const [day, lastDay] = [dayIn(file.key), dayIn(last.key)]
  if (day !== undefined && lastDay !== undefined && day !== lastDay) return day > lastDay ? 'newer' : 'older'
  return file.at >= last.at ? 'newer' : 'older'
}

/** Finds the date in a file name, such as `people-2026-11-28.csv`. */
function dayIn(key: string): string | undefined {
  return /(?<!\d)(20\d\d)[-_.]?([01]\d)[-_.]?([0-3]\d)(?!\d{3})/
    .exec(key.slice(key.lastIndexOf('/') + 1))
    ?.slice(1)
    .join('')
}
