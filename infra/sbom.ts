import type { BundledPackage } from './bundled-packages.ts'

type Product = { readonly name: string; readonly version: string; readonly license: string }

/**
 * Lists what is deployed as a CycloneDX 1.6 bill of materials, JSON. Without the clock and without a random serial number:
 * the same bundles give the same bytes.
 *
 * @see https://cyclonedx.org/docs/1.6/json/
 */
export function sbom(product: Product, packages: readonly BundledPackage[]): string {
  const root = purlOf(product)
  const bom = {
    $schema: 'http://cyclonedx.org/schema/bom-1.6.schema.json',
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    version: 1,
    metadata: {
      component: {
        type: 'application',
        'bom-ref': root,
        name: product.name,
        version: product.version,
        licenses: licensesOf(product.license),
      },
    },
    components: packages.map(componentOf),
    dependencies: [{ ref: root, dependsOn: packages.map(purlOf) }],
  }
  return `${JSON.stringify(bom, undefined, 2)}\n`
}

function componentOf(one: BundledPackage) {
  const [scope, name] = one.name.startsWith('@') ? one.name.split('/') : [undefined, one.name]
  return {
    type: 'library',
    'bom-ref': purlOf(one),
    ...(scope && { group: scope }),
    name,
    version: one.version,
    ...(one.sha512 && { hashes: [{ alg: 'SHA-512', content: one.sha512 }] }),
    licenses: licensesOf(one.license),
    purl: purlOf(one),
    properties: one.bundles.map((value) => ({ name: 'atlas-offboarding:bundle', value })),
  }
}

/** @see https://github.com/package-url/purl-spec (npm) */
function purlOf({ name, version }: { name: string; version: string }): string {
  return `pkg:npm/${name.replace('@', '%40')}@${version}`
}

function licensesOf(license: string) {
  return /^[\w.+-]+$/.test(license) ? [{ license: { id: license } }] : [{ expression: license }]
}

/** Lists the licences of what is deployed: each package by name, then each text once, with whom it covers. */
export function licences(packages: readonly BundledPackage[]): string {
  const list = packages.map(({ name, version, license }) => `${name} ${version}: ${license}`)
  const texts = Map.groupBy(
    packages,
    ({ licenseText, license }) => licenseText || `(${license}; the package brings no text)`,
  )
  const parts = [...texts].map(([text, covered]) => {
    const who = covered.map(({ name, version }) => `${name} ${version}`).join('\n')
    return `${'-'.repeat(80)}\n${who}\n\n${text}`
  })
  return `${['Packages in the deployed bundles, and their licences', '', ...list, '', ...parts].join('\n')}\n`
}
