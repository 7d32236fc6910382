// Not by name: an older Node has no `styleText`, and must get far enough to say that it is too old.
import util from 'node:util'

type Format = Parameters<typeof util.styleText>[0]

/** What stands out in a terminal: warnings, errors, titles of tables, what is to be pasted, what waits for a human. */
const LOOKS: readonly (readonly [RegExp, Format])[] = [
  [/^\*\*\* .+ \*\*\*$/gm, ['bold', 'yellow']],
  [/^atlas-offboarding: .+$|^wrong(?= )/gm, 'red'],
  [/^[A-Z]+(?: {1,}[A-Z]+)+ *$/gm, 'bold'],
  [/(?<=^ *(?:next|or|then): +)atlas(?:.*\\\n)*.*$/gm, 'cyan'],
  [/\b(?:held|refused|deferred): \w+/g, 'yellow'],
]

/** Colors what stands out, where the stream is a terminal; `NO_COLOR` and `FORCE_COLOR` are obeyed. */
export function inColor(text: string, stream: NodeJS.WritableStream): string {
  return LOOKS.reduce(
    (shown, [pattern, format]) => shown.replace(pattern, (part) => util.styleText(format, part, { stream })),
    text,
  )
}
