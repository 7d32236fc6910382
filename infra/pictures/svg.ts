/** Makes one SVG that needs nothing beside itself. Screen readers read its title. */
export function svg(
  {
    width,
    height,
    title,
    style,
  }: { readonly width: number; readonly height: number; readonly title: string; readonly style: string },
  parts: readonly string[],
): string {
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img">`,
    `<title>${escaped(title)}</title>`,
    `<style>${style.trim()}</style>`,
    ...parts,
    '</svg>\n',
  ].join('\n')
}

/** Writes text so that XML takes it as text. */
export function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
