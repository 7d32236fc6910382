import { describe, expect, test } from 'vitest'
import { readCommandLine } from '../../../lib/cli/command-line.ts'

describe('readCommandLine()', () => {
  test.each([
    { args: [], target: { functionName: 'atlas-offboarding-prod-operator' } },
    { args: ['--function-prefix', 'atlas-dev'], target: { functionName: 'atlas-dev-operator' } },
    { args: ['--function', 'operator'], target: { functionName: 'operator' } },
    { args: ['--function', 'operator-read'], target: { functionName: 'operator' } },
    {
      args: ['--region', 'eu-west-1', '--profile', 'on-call'],
      target: { functionName: 'atlas-offboarding-prod-operator', region: 'eu-west-1', profile: 'on-call' },
    },
  ])('finds the functions by $args, wherever they stand', ({ args, target }) => {
    expect(readCommandLine(['status', ...args])).toMatchObject({ kind: 'command', target })
    expect(readCommandLine([...args, 'status'])).toMatchObject({ kind: 'command', target })
  })

  test('takes a username that begins with a dash after `--`', () => {
    expect(readCommandLine(['lookup', '--', '-ada@example.com'])).toMatchObject({
      operands: ['-ada@example.com'],
    })
  })

  test('says in which form a mistake is to be told, even if it cannot read the rest', () => {
    expect(readCommandLine(['--json', '--nonsense'])).toMatchObject({ kind: 'wrong', json: true })
    expect(readCommandLine(['--nonsense'])).toMatchObject({ kind: 'wrong', json: false })
  })
})
