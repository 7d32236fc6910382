import { globSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'

/** Files by path from the root, with their text: the whole house, or a small one that a test makes up. */
export type House = ReadonlyMap<string, string>

/** Reads every source of the project that is built into something. */
export function readHouse(root: string): House {
  const files = globSync('{lib,functions,infra}/**/*.ts', { cwd: root }).map((file) =>
    file.replaceAll('\\', '/'),
  )
  return new Map(files.sort().map((file) => [file, readFileSync(join(root, file), 'utf8')]))
}

/** What a file imports, type imports included, as paths from the root; packages by their name. */
export function importsOf(house: House, file: string): readonly string[] {
  const text = house.get(file) ?? ''
  return [...text.matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)].map(([, name = '']) =>
    name.startsWith('.') ? relative('/', join('/', dirname(file), name)).replaceAll('\\', '/') : name,
  )
}

/** The room of a file: `core` for `lib/core/rules.ts`, `wire.ts` for a file beside the rooms, `functions`, `infra`. */
export function roomOf(file: string): string {
  const [top = '', room = ''] = file.split('/')
  return top === 'lib' ? room : top
}

/** Circles of imports, each as the files it goes through. */
export function circlesIn(house: House): readonly (readonly string[])[] {
  const done = new Set<string>()
  const found = new Map<string, readonly string[]>()
  const visit = (file: string, path: readonly string[]): void => {
    const at = path.indexOf(file)
    if (at >= 0) return void found.set(path.slice(at).toSorted().join(), path.slice(at))
    if (done.has(file)) return
    for (const next of importsOf(house, file)) if (house.has(next)) visit(next, [...path, file])
    done.add(file)
  }
  for (const file of house.keys()) visit(file, [])
  return [...found.values()]
}

/** Which rooms a room may import from, beside itself; packages are judged apart. */
export type Doors = Readonly<Record<string, readonly string[]>>

/** Imports that go through a wall: `lib/core/a.ts imports lib/atlas/b.ts`. */
export function throughWalls(house: House, doors: Doors): readonly string[] {
  return [...house.keys()].flatMap((file) => {
    const room = roomOf(file)
    const open = doors[room]
    if (!open) return [`${file} stands in no known room`]
    return importsOf(house, file)
      .filter((imported) => /^(lib|functions|infra|test)\//.test(imported))
      .filter((imported) => roomOf(imported) !== room && !open.includes(roomOf(imported)))
      .map((imported) => `${file} imports ${imported}`)
  })
}
