import { onDesk } from '../../../infra/local/desk.ts'
import type { LocalStack } from '../../../infra/local/stack.ts'
import { wordsOf } from './page.ts'

const ROSTER =
  'userName\nada@example.com\ngrace@example.com\nalan@example.com\nBarbara@example.com\nedsger@example.com\nmargaret@example.com\n'

/** Types a command at a terminal of 120 columns. @returns what is to be read there afterwards, and the exit status */
export async function typeInto(
  stack: LocalStack,
  command: string,
  answer: string,
): Promise<{ readonly lines: readonly string[]; readonly status: number }> {
  const [name, ...args] = wordsOf(command)
  if (name !== 'atlas-offboarding') throw new Error(`Cannot type "${command}" here`)
  const lines: string[] = []
  const status = await onDesk(stack, args, {
    print: (text) => void lines.push(text),
    show: (text) => void lines.push(text),
    width: 120,
    async ask(question) {
      lines.push(`${question}${answer}`)
      return answer
    },
    async *readBytes(file) {
      yield Buffer.from(file.endsWith('.csv') ? ROSTER : 'margaret@example.com\n')
    },
    writeText: async () => undefined,
  })
  return { lines: lines.join('\n').trimEnd().split('\n'), status }
}
