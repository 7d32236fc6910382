import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Built } from './build.ts'

/** A package of which at least one byte is in a bundle. */
export type BundledPackage = {
  readonly name: string
  readonly version: string
  /** As its package.json says: an SPDX id or expression. */
  readonly license: string
  /** The license text that must accompany copies; empty if the package has none. */
  readonly licenseText: string
  /** SHA-512 of the package as it was published, hexadecimal. */
  readonly sha512?: string
  /** The bundles it is in. */
  readonly bundles: readonly string[]
}

type Manifest = { readonly name: string; readonly version: string; readonly license?: string }
type Lock = { readonly packages: Readonly<Record<string, { readonly integrity?: string }>> }

/** Lists exactly the packages in the bundles, sorted. Reads what is installed, without a network. */
export async function bundledPackages(
  built: readonly Built[],
  root: string,
): Promise<readonly BundledPackage[]> {
  const lock: Lock = JSON.parse(await readFile(join(root, 'package-lock.json'), 'utf8'))
  const folders = new Map<string, Set<string>>()
  for (const { name, inputs } of built) {
    for (const folder of inputs.map(packageFolderOf).filter((one) => one !== undefined))
      folders.set(folder, (folders.get(folder) ?? new Set()).add(name))
  }
  const packages = await Promise.all(
    [...folders].map(async ([folder, bundles]) => {
      const manifest: Manifest = JSON.parse(await readFile(join(root, folder, 'package.json'), 'utf8'))
      const { name, version, license = 'UNKNOWN' } = manifest
      const sha512 = sha512Of(lock.packages[folder]?.integrity)
      const licenseText = await licenseTextIn(join(root, folder))
      return { name, version, license, licenseText, ...(sha512 && { sha512 }), bundles: [...bundles].sort() }
    }),
  )
  return packages.toSorted((one, other) => (keyOf(one) < keyOf(other) ? -1 : 1))
}

const keyOf = ({ name, version }: Manifest) => `${name}@${version}`

/** `node_modules/a/node_modules/@s/b` for a file in it; `undefined` for a file of our own. */
function packageFolderOf(input: string): string | undefined {
  return /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(input)?.[0]
}

function sha512Of(integrity = ''): string | undefined {
  const base64 = /^sha512-(\S+)$/.exec(integrity)?.[1]
  return base64 && Buffer.from(base64, 'base64').toString('hex')
}

async function licenseTextIn(folder: string): Promise<string> {
  const file = (await readdir(folder))
    .sort()
    .find((name) => /^(licen[cs]e|copying)(\.(md|txt))?$/i.test(name))
  return file === undefined
    ? ''
    : (await readFile(join(folder, file), 'utf8')).replaceAll('\r\n', '\n').trim()
}
