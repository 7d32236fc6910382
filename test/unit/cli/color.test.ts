import { PassThrough } from 'node:stream'
import { WriteStream } from 'node:tty'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { inColor } from '../../../lib/cli/color.ts'

const { getColorDepth } = WriteStream.prototype
const terminal = Object.assign(new PassThrough(), { isTTY: true, getColorDepth })
const file = new PassThrough()

const SHOWN = `*** OBSERVE MODE ***
atlas-offboarding: release: none of these cases is held
CASE     OPEN CASES  STATE
c-1      1           held: privileged
  They left:
  next: atlas-offboarding release c-1 \\
    --because WHY
Nothing here`

describe('inColor()', () => {
  beforeEach(() => {
    for (const name of ['CI', 'FORCE_COLOR', 'NO_COLOR', 'NODE_DISABLE_COLORS']) vi.stubEnv(name, undefined)
    vi.stubEnv('TERM', 'xterm')
  })
  afterEach(() => void vi.unstubAllEnvs())

  test('colors warnings, errors, titles, commands and what waits, and nothing else', () => {
    const marked = inColor(SHOWN, terminal).replaceAll('\u001b', '')

    expect(marked).toBe(`[1m[33m*** OBSERVE MODE ***[39m[22m
[31matlas-offboarding: release: none of these cases is held[39m
[1mCASE     OPEN CASES  STATE[22m
c-1      1           [33mheld: privileged[39m
  They left:
  next: [36matlas-offboarding release c-1 \\
    --because WHY[39m
Nothing here`)
  })

  test('colors nothing where there is no terminal, unless FORCE_COLOR says so', () => {
    const plain = inColor(SHOWN, file)
    vi.stubEnv('FORCE_COLOR', '1')

    expect(plain).toBe(SHOWN)
    expect(inColor(SHOWN, file)).not.toBe(SHOWN)
  })

  test('colors nothing against NO_COLOR, nor where the terminal knows no colors', () => {
    vi.stubEnv('NO_COLOR', '1')
    const unwanted = inColor(SHOWN, terminal)
    vi.stubEnv('NO_COLOR', undefined)
    vi.stubEnv('TERM', 'dumb')

    expect([unwanted, inColor(SHOWN, terminal)]).toEqual([SHOWN, SHOWN])
  })
})
