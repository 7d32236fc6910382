import { dataIn } from '../../lib/evidence/report-html.ts'
import { svg } from './svg.ts'

const [WIDTH, HEIGHT] = [1_040, 850]

/**
 * Shows the top of a report as its page shows it on a desk: header, figures and the first chart, cut off at the bottom.
 *
 * @throws if the page is no report
 */
export function reportPicture(page: string): string {
  if (!dataIn(page)) throw new Error('Cannot draw the report: this page is none')
  const [, style = ''] = /<style>(.*?)@media/s.exec(page) ?? []
  const [header = ''] = /<header>.*?<\/header>/s.exec(page) ?? []
  const [figures = ''] = /<section aria-labelledby="summary">.*?<\/dl>/s.exec(page) ?? []
  const [times = ''] = /<section aria-labelledby="times">.*?<\/figure>/s.exec(page) ?? []
  // Leave out the narrow form of the chart, because a picture has one width. In XML, `svg` needs its namespace.
  const chart = times
    .replace(/<div class="narrow">.*?<\/svg><\/div>/s, '')
    .replace('<svg ', '<svg xmlns="http://www.w3.org/2000/svg" ')
  const body = `<body xmlns="http://www.w3.org/1999/xhtml">${header}${figures}</section>${chart}</section></body>`
  return svg(
    {
      width: WIDTH,
      height: HEIGHT,
      title: 'The top of a report',
      style: `${style}\n.frame { fill: #fff; stroke: #c9d1d9; }`,
    },
    [
      `<rect class="frame" x=".5" y=".5" width="${WIDTH - 1}" height="${HEIGHT - 1}" rx="8"/>`,
      `<foreignObject width="${WIDTH}" height="${HEIGHT - 2}">${body}</foreignObject>`,
    ],
  )
}
