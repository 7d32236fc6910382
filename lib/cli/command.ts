import type { Terminal } from './terminal.ts'

/** Reads what was typed for an option. */
export type Reader<V> = (text: string, terminal: Terminal) => V | Failed | Promise<V | Failed>

/** What may be typed for one field of a request. Without `takes` it is a switch. */
export type Option = {
  /** What stands for its value in the help, such as `FILE`. */
  readonly takes?: string
  /** The option's name, where it is not the field's. */
  readonly name?: string
  /** It is typed without a name, after the command. */
  readonly operand?: true
  /** It may be given several times. */
  readonly many?: true
  readonly needed?: true
  readonly reads?: Reader<unknown>
  readonly about: string
}
export type Options = Readonly<Record<string, Option>>

type ValueOf<O> = O extends { reads: Reader<infer V> }
  ? V
  : O extends { many: true }
    ? readonly string[]
    : O extends { takes: string }
      ? string
      : true
/** What was typed, by field. */
export type Given<O> = {
  readonly [K in keyof O as O[K] extends { needed: true } ? K : never]: ValueOf<O[K]>
} & {
  readonly [K in keyof O]?: ValueOf<O[K]>
}

/** The operator function that changes something, or the one that only reads. */
export type OperatorFunction = 'operator' | 'operator-read'

/** A request to one of the functions. */
export type Request = { readonly action: string } & Readonly<Record<string, unknown>>

/** The time for which an answer is shown, and the width of the screen in columns; `undefined` wraps nothing. */
export type View = { readonly now: Date; readonly width: number | undefined }

/** A file of the archive, decompressed. */
type ReadFile = { readonly name: string; read(): AsyncIterable<Uint8Array> }

/** Reads many files, and keeps on disk what memory should not hold. */
export type Storage = {
  /**
   * The files of a folder or of `s3://BUCKET/PREFIX`, those of earlier days (`…/2026/11/30/…`) left out.
   *
   * @throws if there is no such place, or it may not be read
   */
  files(place: string, since: Date): AsyncIterable<ReadFile>
  /** Keeps lines on disk until it is closed. */
  spill(parts: number): {
    add(part: number, line: string): void
    read(part: number): readonly string[]
    close(): void
  }
}

/** What a command works with. */
export type Desk = Storage & {
  readonly terminal: Terminal
  /** Asks one of the operator functions, and shows that it takes time. */
  ask<A extends object>(target: OperatorFunction, request: Request): Promise<A | Failed>
  /** Asks the human; answers at once where `--yes` was given. @returns `undefined` for yes, else what the command ends with */
  confirm(question: string): Promise<Failed | undefined>
  view(): View
  /** Whether the answer is shown as JSON. */
  readonly json: boolean
}

/** What each exit status means. The help and the pages say the same. */
export const EXIT_STATUS = {
  0: 'done',
  1: 'something is still held, refused, deferred or pending, was not changed, or orphans or differences were found',
  2: 'the command line, the request or the roster is wrong; nothing was done',
  3: 'a function or an organization could not be reached',
  4: 'a file could not be written',
  130: 'interrupted; at a question nothing was done',
} as const

export type ExitStatus = keyof typeof EXIT_STATUS

/** Why a command could not be carried out. */
export type Failed = {
  readonly error: string
  readonly status: Exclude<ExitStatus, 0>
  /** What `--json` shows beside it. */
  readonly answer?: object
}

/** An answer in words, and the exit status that it means. */
export type Shown = {
  readonly text: string
  readonly status: 0 | 1 | 3
  /** What nobody may overlook. */
  readonly warning?: string | undefined
}

/** The result of a command that was carried out; `answer` is what `--json` shows. */
export type Answered<A extends object = object> = Shown & { readonly answer: A }
export type Result = Failed | Answered

export type Command = {
  readonly name: string
  readonly about: string
  readonly examples: readonly string[]
  readonly options: Options
  run(desk: Desk, given: Given<Options>): Promise<Result>
}

/** Declares a command. The types of its options become the types of what was typed. */
export function command<const O extends Options>(
  declared: Omit<Command, 'run' | 'options'> & {
    readonly options: O
    run(desk: Desk, given: Given<O>): Promise<Result>
  },
): Command {
  return declared as unknown as Command
}

/** Tells an answer from a failure. */
export function isFailed(result: unknown): result is Failed {
  return typeof result === 'object' && result !== null && 'error' in result && 'status' in result
}

/** Says that the command line is wrong. */
export function wrong(error: string): Failed {
  return { error, status: 2 }
}

/** Asks for page after page, to the last one or until there are enough. */
export async function pagesOf<P extends { readonly next?: string }>(
  desk: Desk,
  request: Request,
  isEnough: (pages: readonly P[]) => boolean = () => false,
): Promise<readonly P[] | Failed> {
  const pages: P[] = []
  let cursor: string | undefined
  do {
    const page: P | Failed = await desk.ask<P>('operator-read', { ...request, cursor })
    if (isFailed(page)) return page
    pages.push(page)
    cursor = page.next
  } while (cursor !== undefined && !isEnough(pages))
  return pages
}
