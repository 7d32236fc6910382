import { type PlotOptions, plot } from '@observablehq/plot'
import { parseHTML } from 'linkedom'

/** What a screen reader says of a picture. */
export type AltText = { readonly id: string; readonly title: string; readonly description: string }

/** Dark enough on white for text, and told apart by people who do not see red or green. */
export const WITHIN = '#1f5fa8'
export const BEYOND = '#b3400e'
export const INK = '#333d47'

/** Draws a plot as the text of an SVG, without a browser. Screen readers read its title and description. */
export function svgOf({ id, title, description }: AltText, options: PlotOptions): string {
  const { document } = parseHTML('<html><body></body></html>')
  const style = { color: INK, background: 'transparent', fontSize: '12px', overflow: 'visible' }
  const svg = plot({ ...options, document: document as never, className: 'plot', style } as never)
  for (const [name, content] of [
    ['desc', description],
    ['title', title],
  ] as const) {
    const element = document.createElementNS('http://www.w3.org/2000/svg', name)
    element.setAttribute('id', `${id}-${name}`)
    element.textContent = content
    svg.prepend(element as never)
  }
  // Plot labels groups that have no role, which accessibility checks reject. Title and description are enough.
  for (const part of svg.querySelectorAll('[aria-label]')) part.removeAttribute('aria-label')
  svg.setAttribute('role', 'img')
  svg.setAttribute('aria-labelledby', `${id}-title ${id}-desc`)
  return svg.outerHTML
}
