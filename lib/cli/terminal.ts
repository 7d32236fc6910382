import { createReadStream } from 'node:fs'
import { open } from 'node:fs/promises'
import { createInterface } from 'node:readline/promises'
import type { Readable, Writable } from 'node:stream'
import { inColor } from './color.ts'

/** Where a command runs: two streams, a human if there is one, and time. */
export type Terminal = {
  /** Standard output: the answer, and nothing else. */
  print(text: string): void
  /** Standard error: everything else that a human reads. */
  show(text: string): void
  /** Columns of the output; `undefined` if it is no terminal, and then nothing is cut. */
  readonly width: number | undefined
  /** Asks a human; absent where there is none. @returns `undefined` on Ctrl-C */
  readonly ask: ((question: string) => Promise<string | undefined>) | undefined
  /** Reads piece by piece what may be long. @param file - `-` is standard input */
  readBytes(file: string): AsyncIterable<Uint8Array>
  /** Writes a file that its owner alone may read, also where it was there before. */
  writeText(file: string, text: string): Promise<void>
  now(): Date
  sleep(ms: number): Promise<void>
  /** Shows that something is going on, and for how long already, once it takes longer than a second. @returns what ends it */
  working(doing: string): () => void
}

type Screen = Writable & { readonly isTTY?: boolean; readonly columns?: number }
type Streams = {
  readonly stdin: Readable & { readonly isTTY?: boolean }
  readonly stdout: Screen
  readonly stderr: Screen
}

type Given = Pick<Terminal, 'now' | 'sleep'> & {
  /** @returns what ends it */
  every(ms: number, work: () => void): () => void
}

/** Makes a terminal of a process's streams. */
export function terminalOf({ stdin, stdout, stderr }: Streams, { every, ...given }: Given): Terminal {
  return {
    ...given,
    print: (text) => void stdout.write(`${inColor(text, stdout)}\n`),
    show: (text) => void stderr.write(`${inColor(text, stderr)}\n`),
    // Some pseudo-terminals say 0.
    width: (stdout.isTTY && stdout.columns) || undefined,
    ask: stdin.isTTY ? (question) => askIn({ stdin, stderr }, question) : undefined,
    readBytes: (file) => (file === '-' ? stdin : createReadStream(file)),
    writeText: writePrivately,
    working(doing) {
      let seconds = 0
      const stop = every(1_000, () => {
        seconds += 1
        if (stderr.isTTY) stderr.write(`${ERASED}${doing} … ${seconds} s`)
        // Where lines stay, every tenth is enough.
        else if (seconds % 10 === 1) stderr.write(`${doing} … ${seconds} s\n`)
      })
      return () => {
        stop()
        if (stderr.isTTY && seconds > 0) stderr.write(ERASED)
      }
    },
  }
}

const ERASED = '\r\u001b[K'

async function writePrivately(file: string, content: string): Promise<void> {
  await using handle = await open(file, 'w', 0o600)
  if ((await handle.stat()).isFile()) await handle.chmod(0o600)
  await handle.writeFile(content)
}

/** The end of the input counts as no, and Ctrl-C as no answer. */
async function askIn(
  { stdin, stderr }: Omit<Streams, 'stdout'>,
  question: string,
): Promise<string | undefined> {
  const lines = createInterface({ input: stdin, output: stderr })
  try {
    const ended = new Promise<string | undefined>((resolve) => {
      lines.once('SIGINT', () => resolve(undefined))
      lines.once('close', () => resolve(''))
    })
    const answered = lines.question(question).then((text) => ({ text, isCut: false }))
    const said = await Promise.race([answered, ended.then((text) => ({ text, isCut: true }))])
    // Nobody ended the line of the question.
    if (said.isCut) stderr.write('\n')
    return said.text
  } finally {
    lines.close()
  }
}
