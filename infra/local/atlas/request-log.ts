/** One request as the emulator saw it. */
export type RecordedRequest = {
  readonly at: Date
  readonly method: string
  readonly path: string
  /** Encoded as it came, without the question mark. */
  readonly query: string
  /** 0 until answered, and for good if the connection was cut instead. */
  status: number
  readonly operation: string | undefined
}

export type RequestLog = {
  readonly requests: RecordedRequest[]
  add(request: RecordedRequest): void
  clear(): void
}

const KEPT = 100_000

/** Keeps the latest requests, at least 100,000 of them. */
export function requestLog(): RequestLog {
  const requests: RecordedRequest[] = []
  return {
    requests,
    add(request) {
      if (requests.length >= 2 * KEPT) requests.splice(0, KEPT)
      requests.push(request)
    },
    clear: () => {
      requests.length = 0
    },
  }
}
