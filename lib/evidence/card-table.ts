import { html, type Markup } from './markup.ts'

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
