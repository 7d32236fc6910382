import { PassThrough } from 'node:stream'
import { expect, test } from 'vitest'
import { withProgress } from '../../../lib/cli/progress.ts'
import { type Terminal, terminalOf } from '../../../lib/cli/terminal.ts'

/** A terminal whose seconds pass when the test says so. */
function timed(isLive: boolean) {
  const shown: string[] = []
  let second: (() => void) | undefined
  const streams = { stdin: new PassThrough(), stdout: new PassThrough(), stderr: new PassThrough() }
  const time = {
    now: () => new Date(0),
    sleep: async () => undefined,
    every(_ms: number, work: () => void) {
      second = work
      return () => {
        second = undefined
      }
    },
  }
  const show = (line: string) => void shown.push(line)
  const terminal: Terminal = { ...terminalOf(streams, time), isLive, show, tell: show }
  return {
    terminal,
    shown,
    pass: (seconds: number) => Array.from({ length: seconds }, () => second?.()),
    isOver: () => !second,
  }
}

test('withProgress() shows nothing of what takes less than a second', async () => {
  const { terminal, shown, isOver } = timed(true)

  expect(await withProgress(terminal, 'status', Promise.resolve(7))).toBe(7)
  expect([shown, isOver()]).toEqual([[], true])
})

test('withProgress() counts seconds in one line of a terminal and clears it', async () => {
  const { terminal, shown, pass } = timed(true)
  const work = Promise.withResolvers<void>()
  const running = withProgress(terminal, 'remove', work.promise)
  pass(2)
  work.resolve()
  await running

  expect(shown).toEqual(['remove … 1 s', 'remove … 2 s', ''])
})

test('withProgress() writes every tenth second where lines stay', async () => {
  const { terminal, shown, pass } = timed(false)
  const work = Promise.withResolvers<void>()
  const running = withProgress(terminal, 'remove', work.promise)
  pass(21)
  work.reject(new Error('failed'))

  await expect(running).rejects.toThrow('failed')
  expect(shown).toEqual(['remove … 1 s', 'remove … 11 s', 'remove … 21 s'])
})
