/** How the report looks: on a screen, on a phone, where rows become cards, and on paper. */
export const STYLE = `
:root { color-scheme: light; --ink: #1d242b; --soft: #4d5a66; --line: #c9d1d9; --bad: #9c2f06; --good: #1d242b; --tint: #f3f6f9; }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 1.5rem 2rem 3rem; max-width: 82rem; color: var(--ink); background: #fff;
  font: 15px/1.45 system-ui, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; }
h1 { margin: 0 0 .25rem; font-size: 1.7rem; line-height: 1.2; }
h2 { margin: 2.2rem 0 .6rem; padding-bottom: .25rem; font-size: 1.25rem; border-bottom: 2px solid var(--ink); }
h3 { margin: 0 0 .5rem; font-size: 1rem; }
header p { margin: 0; color: var(--soft); }
.verdict { margin: .6rem 0; padding: .5rem .8rem; border-left: 4px solid var(--soft); background: var(--tint); font-size: 1.15rem; font-weight: 600; color: var(--ink); }
.verdict.bad { border-color: var(--bad); color: var(--bad); }
.sign-off td { height: 2.6rem; border-left: 1px solid var(--line); }
small { display: block; font-size: .8rem; color: var(--soft); }
.id { font-family: ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, monospace; font-size: .7rem; }
.bad, small.bad { color: var(--bad); font-weight: 600; }
.open { font-weight: 700; color: var(--bad); }
.warning { padding: .6rem .8rem; border-left: 4px solid var(--bad); background: #fdf3ee; }
.figures { display: grid; grid-template-columns: repeat(6, 1fr); gap: .7rem; margin: 0 0 1.2rem; }
.figures > div { padding: .6rem .8rem; border: 1px solid var(--line); border-top: 3px solid var(--soft); background: var(--tint); }
.figures dt { font-size: .82rem; color: var(--soft); }
.figures dd { margin: 0; }
.figures strong { font-size: 1.35rem; line-height: 1.3; }
table { width: 100%; border-collapse: collapse; }
caption { padding: .3rem 0; text-align: left; font-weight: 600; color: var(--soft); }
th, td { padding: .4rem .5rem; text-align: left; vertical-align: top; border-bottom: 1px solid var(--line); overflow-wrap: anywhere; }
thead th { border-bottom: 2px solid var(--soft); background: var(--tint); font-size: .85rem; }
tbody th { font-weight: 600; }
tbody th small { font-weight: 400; }
table.outcomes { width: auto; min-width: 16rem; }
.outcomes td { text-align: right; font-variant-numeric: tabular-nums; }
.outcomes th:last-child { text-align: right; }
table.cases { table-layout: fixed; font-size: .85rem; }
.cases th { width: 21%; }
.nine th:nth-child(1) { width: 19%; }
.nine th:nth-child(2), .nine th:nth-child(9) { width: 12%; }
.nine th:nth-child(3) { width: 14%; }
.nine th:nth-child(4), .nine th:nth-child(5), .nine th:nth-child(7) { width: 9%; }
.nine th:nth-child(6), .nine th:nth-child(8) { width: 8%; }
.cases time { font-variant-numeric: tabular-nums; }
.cases ul { margin: 0; padding: 0; list-style: none; }
.cases li + li { margin-top: .3rem; }
figure { margin: 0 0 1.5rem; break-inside: avoid; }
figcaption { margin-top: .3rem; color: var(--soft); font-size: .85rem; }
figure svg { display: block; width: 100%; height: auto; }
.narrow { display: none; }
.key { display: inline-block; margin-left: .8rem; }
.key:first-child { margin-left: 0; }
.key.within { color: #1f5fa8; }
.key.beyond { color: #b3400e; }
.notes dt { font-weight: 600; }
.notes dd { margin: 0 0 .5rem; max-width: 60rem; }
@media screen and (max-width: 60rem) { .figures { grid-template-columns: repeat(3, 1fr); } }
@media screen and (max-width: 46rem) {
  body { padding: 1rem; }
  h1 { font-size: 1.35rem; }
  .figures { grid-template-columns: repeat(2, 1fr); }
  .wide { display: none; }
  .narrow { display: block; }
  table.cases, .cases tbody, .cases tr, .cases th, .cases td, .cases caption { display: block; }
  .cases thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  .cases tr { margin: 0 0 .8rem; border: 1px solid var(--line); border-left: 4px solid var(--soft); }
  .cases th { width: auto; }
  .cases tbody th { font-size: 1rem; background: var(--tint); }
  .cases td { display: grid; grid-template-columns: 7.5rem 1fr; gap: 0 .5rem; }
  .cases td::before { content: attr(data-title); color: var(--soft); }
}
@media print {
  @page { size: A4 landscape; margin: 12mm 12mm 14mm; @bottom-right { content: "Page " counter(page) " of " counter(pages); font: 8pt system-ui, sans-serif; } }
  :root { font-size: 9pt; }
  body { padding: 0; max-width: none; font-size: 9pt; }
  h2 { margin-top: 1.4rem; break-after: avoid; }
  th, td { padding: .25rem .4rem; }
  figure svg { width: 75%; }
  .short { break-inside: avoid; }
  thead { display: table-header-group; }
  tr, .figures > div, .notes dd { break-inside: avoid; }
  .figures > div, thead th, .warning, .verdict { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  svg { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
}
`

/** A month without an incident is one page of paper: upright, closer, and without what its few rows say themselves. */
export const ONE_PAGE = `
@media print {
  @page { size: A4 portrait; margin: 10mm 12mm 12mm; }
  :root, body { font-size: 8pt; line-height: 1.3; }
  h2 { margin: .7rem 0 .3rem; }
  th, td { padding: .14rem .35rem; }
  section p { margin: .3rem 0; }
  .guide, [aria-labelledby=summary], [aria-labelledby=open], [aria-labelledby=times], [aria-labelledby=notes] { display: none; }
  [aria-labelledby=made] tbody th { width: 12rem; }
  .sign-off td { height: 1.9rem; }
}
`
