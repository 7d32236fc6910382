export type PutEventsEntry = {
  readonly EventBusName?: string
  readonly Source?: string
  readonly DetailType?: string
  readonly Detail?: string
  readonly Resources?: readonly string[]
  /** Seconds since 1970, as the SDK writes timestamps. */
  readonly Time?: number
}

const MAX_ENTRIES = 10
const MAX_REQUEST_BYTES = 256 * 1024

/** Says why EventBridge refuses the whole request, if it does. */
export function requestRefusal(entries: readonly PutEventsEntry[]): string | undefined {
  if (entries.length < 1 || entries.length > MAX_ENTRIES) {
    return `Value at 'entries' failed to satisfy constraint: Member must have length between 1 and ${MAX_ENTRIES}`
  }
  const bytes = entries.reduce((sum, entry) => sum + entryBytes(entry), 0)
  return bytes > MAX_REQUEST_BYTES ? 'Total size of the entries in the request is over the limit.' : undefined
}

export type EntryRefusal = { readonly ErrorCode: string; readonly ErrorMessage: string }

/** Says why EventBridge fails this one entry of an accepted request, if it does. */
export function entryRefusal(entry: PutEventsEntry): EntryRefusal | undefined {
  for (const field of ['Source', 'DetailType', 'Detail'] as const) {
    if (!entry[field]) {
      return {
        ErrorCode: 'InvalidArgument',
        ErrorMessage: `Parameter ${field} is not valid. Reason: ${field} is a required argument.`,
      }
    }
  }
  if (!isJsonObject(entry.Detail ?? '')) {
    return { ErrorCode: 'MalformedDetail', ErrorMessage: 'Detail is malformed.' }
  }
  return undefined
}

/** @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-putevents.html (calculating entry size) */
function entryBytes(entry: PutEventsEntry): number {
  const texts = [entry.Source, entry.DetailType, entry.Detail, ...(entry.Resources ?? [])]
  const timeBytes = entry.Time === undefined ? 0 : 14
  return texts.reduce((sum, value) => sum + Buffer.byteLength(value ?? ''), timeBytes)
}

function isJsonObject(value: string): boolean {
  try {
    const parsed: unknown = JSON.parse(value)
    return typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)
  } catch {
    return false
  }
}
