import { plain } from '../words/plain.ts'

/** Markup that may go into a page as it is. Only `html` and `verbatim` make any. */
export type Markup = { readonly markup: string }

type Part = Markup | string | number | undefined | readonly Part[]

/** Writes markup; whatever is put into it is text and stays text, whoever wrote it. */
export function html(parts: TemplateStringsArray, ...values: readonly Part[]): Markup {
  return { markup: parts.map((part, index) => part + written(values[index])).join('') }
}

/** Takes as markup what our own code has made. */
export function verbatim(markup: string): Markup {
  return { markup }
}

function written(part: Part): string {
  if (part === undefined) return ''
  if (typeof part === 'object') return 'markup' in part ? part.markup : part.map(written).join('')
  return escaped(plain(String(part)))
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '')
}
