import { createReadStream } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { createInterface } from 'node:readline/promises'
import type { Readable, Writable } from 'node:stream'
import { text } from 'node:stream/consumers'

/** Where a command runs: two streams, a human if there is one, and time. */
export type Terminal = {
  /** Standard output: the answer, and nothing else. */
  print(text: string): void
  /** Standard error: everything else. */
  tell(text: string): void
  /** Shows a line in place of the one shown before, or nothing; only where `isLive`. */
  readonly isLive: boolean
  show(line: string): void
  /** Columns of the output; `undefined` if it is no terminal, and then nothing is cut. */
  readonly width: number | undefined
  /** Asks a human; absent where there is none. */
  readonly ask: ((question: string) => Promise<string>) | undefined
  /** @param file - `-` is standard input */
  readText(file: string): Promise<string>
  /** Reads piece by piece what may be too long to be read at once; as `readText`. */
  readBytes(file: string): AsyncIterable<Uint8Array>
  writeText(file: string, text: string): Promise<void>
  now(): Date
  sleep(ms: number): Promise<void>
  /** @returns what ends it */
  every(ms: number, work: () => void): () => void
}

type Screen = Writable & { readonly isTTY?: boolean; readonly columns?: number }
type Streams = {
  readonly stdin: Readable & { readonly isTTY?: boolean }
  readonly stdout: Screen
  readonly stderr: Screen
}

/** Makes a terminal of a process's streams. */
export function terminalOf(
  { stdin, stdout, stderr }: Streams,
  time: Pick<Terminal, 'now' | 'sleep' | 'every'>,
): Terminal {
  return {
    ...time,
    print: (line) => void stdout.write(`${line}\n`),
    tell: (line) => void stderr.write(`${line}\n`),
    isLive: stderr.isTTY === true,
    show: (line) => void stderr.write(`\r\u001b[K${line}`),
    width: stdout.isTTY ? stdout.columns : undefined,
    ask: stdin.isTTY ? (question) => askIn({ stdin, stderr }, question) : undefined,
    readText: (file) => (file === '-' ? text(stdin) : readFile(file, 'utf8')),
    readBytes: (file) => (file === '-' ? stdin : createReadStream(file)),
    writeText: (file, content) => writeFile(file, content, { mode: 0o600 }),
  }
}

/** The end of the input is no yes. */
async function askIn({ stdin, stderr }: Omit<Streams, 'stdout'>, question: string): Promise<string> {
  const lines = createInterface({ input: stdin, output: stderr })
  try {
    const closed = new Promise<string>((resolve) => lines.once('close', () => resolve('')))
    return await Promise.race([lines.question(question), closed])
  } finally {
    lines.close()
  }
}
