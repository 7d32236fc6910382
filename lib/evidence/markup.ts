import { plain } from '../words/plain.ts'

/** Markup that may go into a page as it is. Only `html` and `verbatim` make any. */
export type Markup = { readonly markup: string }

type Part = Markup | string | number | undefined | false | readonly Part[]

/** Writes markup; whatever is put into it is text and stays text, whoever wrote it. */
export function html(parts: TemplateStringsArray, ...values: readonly Part[]): Markup {
  return { markup: parts.map((part, index) => part + written(values[index])).join('') }
}

/** Takes as markup what our own code has made. */
export function verbatim(markup: string): Markup {
  return { markup }
}

function written(part: Part): string {
  if (part === undefined || part === false) return ''
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

/**
 * A table whose rows become cards on a phone, where each cell bears its column's title. Its roles are written out, because a
 * table that is shown as something else is otherwise no table to a screen reader.
 */
export function cardTable(
  caption: string,
  titles: readonly string[],
  rows: readonly (readonly Markup[])[],
): Markup {
  const head = titles.map((title) => html`<th scope="col" role="columnheader">${title}</th>`)
  return html`<table class="cases ${titles.length === 9 ? 'nine' : ''}" role="table"><caption>${caption}</caption>
<thead role="rowgroup"><tr role="row">${head}</tr></thead>
<tbody role="rowgroup">
${rows.map((cells) => rowOf(titles, cells))}</tbody></table>
`
}

function rowOf([, ...titles]: readonly string[], [head, ...cells]: readonly Markup[]): Markup {
  return html`<tr role="row"><th scope="row" role="rowheader">${head}</th>${cells.map(
    (cell, index) => html`<td role="cell" data-title="${titles[index]}"><div>${cell}</div></td>`,
  )}</tr>
`
}
