import { glob, readFile } from 'node:fs/promises'

/** How a notice is named where it is made: `name: 'latched'` beside its severity, by `noticeOf`, or as what `paused` calls it. */
const NAMES = [
  /\bname: '([a-z_]+)',(?=[\s\S]{0,300}?\bseverity\b)/g,
  /noticeOf\([^)]*'([a-z_]+)'\)/g,
  /\bname = '([a-z_]+)'/g,
]

/** The names of all notices that the sources can give. */
export async function noticesInCode(): Promise<readonly string[]> {
  const names = new Set<string>()
  for await (const file of glob('lib/{*,{domain,operator,scim,hooks,http}/*}.ts')) {
    const source = await readFile(file, 'utf8')
    for (const [, name = ''] of NAMES.flatMap((pattern) => [...source.matchAll(pattern)])) names.add(name)
  }
  return [...names]
}
