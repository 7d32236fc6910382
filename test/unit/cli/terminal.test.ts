import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { describe, expect, test } from 'vitest'
import { terminalOf } from '../../../lib/cli/terminal.ts'

const TIME = { now: () => new Date(0), sleep: async () => undefined, every: () => () => undefined }

function streams(isTTY: boolean) {
  const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()]
  const properties = isTTY ? { isTTY, columns: 100 } : {}
  for (const stream of [stdin, stdout, stderr]) Object.assign(stream, properties)
  return { stdin, stdout, stderr }
}

describe('terminalOf()', () => {
  test('puts answers on standard output, and all else on standard error', () => {
    const process = streams(false)
    const terminal = terminalOf(process, TIME)

    terminal.print('answer')
    terminal.show('warning')

    expect([`${process.stdout.read()}`, `${process.stderr.read()}`]).toEqual(['answer\n', 'warning\n'])
  })

  test('cuts nothing where a pseudo-terminal says that it has no columns', () => {
    const process = streams(true)

    expect(terminalOf(process, TIME).width).toBe(100)
    Object.assign(process.stdout, { columns: 0 })
    expect(terminalOf(process, TIME).width).toBeUndefined()
  })

  test('asks nobody and cuts nothing where there is no terminal', () => {
    expect(terminalOf(streams(false), TIME)).toMatchObject({
      ask: undefined,
      width: undefined,
    })
  })

  test('asks a human on standard error', async () => {
    const process = streams(true)
    const answer = terminalOf(process, TIME).ask?.('Really? ')
    process.stdin.write('yes\n')

    expect(await answer).toBe('yes')
    expect(`${process.stderr.read()}`).toContain('Really? ')
    expect(process.stdout.read()).toBeNull()
  })

  test('takes the end of the input for no yes', async () => {
    const process = streams(true)
    const answer = terminalOf(process, TIME).ask?.('Really? ')
    process.stdin.end()

    expect(await answer).toBe('')
    expect(`${process.stderr.read()}`).toMatch(/Really\? .*\n$/s)
  })

  test('takes Ctrl-C for no answer', async () => {
    const process = streams(true)
    const answer = terminalOf(process, TIME).ask?.('Really? ')
    process.stdin.write('\u0003')

    expect(await answer).toBeUndefined()
    expect(`${process.stderr.read()}`).toMatch(/Really\? .*\n$/s)
  })

  test('writes a file that its owner alone may read, also over one that others could', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'terminal-'))
    const file = join(folder, 'report.html')
    await writeFile(file, 'a longer text than the next', { mode: 0o644 })

    await terminalOf(streams(false), TIME).writeText(file, 'new')

    expect(await readFile(file, 'utf8')).toBe('new')
    expect((await stat(file)).mode & 0o777).toBe(0o600)
    await rm(folder, { recursive: true })
  })

  test('reads a file, or standard input, piece by piece', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'terminal-'))
    const long = 'ada@example.com\n'.repeat(10_000)
    await writeFile(join(folder, 'names'), long)
    const process = streams(false)
    process.stdin.end('bob@example.com')
    const terminal = terminalOf(process, TIME)

    const pieces = await Array.fromAsync(terminal.readBytes(join(folder, 'names')))
    const piped = await Array.fromAsync(terminal.readBytes('-'))

    expect(pieces.length).toBeGreaterThan(1)
    expect(Buffer.concat(pieces).toString()).toBe(long)
    expect(Buffer.concat(piped).toString()).toBe('bob@example.com')
    await rm(folder, { recursive: true })
  })

  test.each([
    ['counts seconds in one line of a terminal and clears it', true, 2, '1 s', '2 s', ''],
    ['writes every tenth second where lines stay', false, 21, '1 s', '11 s', '21 s'],
    ['shows nothing of what takes less than a second', true, 0],
  ] as const)('%s', (_, isTTY, seconds, ...shown) => {
    let second = () => {}
    let isOver = false
    const process = streams(isTTY)
    const terminal = terminalOf(process, {
      ...TIME,
      every(_ms, work) {
        second = work
        return () => {
          isOver = true
        }
      },
    })

    const stop = terminal.working('remove')
    for (let passed = 0; passed < seconds; passed += 1) second()
    stop()

    const lines = shown.map((time) => (time === '' ? '' : `remove … ${time}`))
    const written = isTTY ? lines.map((line) => `\r\u001b[K${line}`) : lines.map((line) => `${line}\n`)
    expect([process.stderr.read()?.toString() ?? '', isOver]).toEqual([written.join(''), true])
  })
})
