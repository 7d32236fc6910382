/**
 * `npm run package`: bundles, a zip per function, the CloudFormation template, the same one for CloudFormation alone, and what is in the
 * bundles (CycloneDX SBOM, licences), offline and without credentials.
 */
import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { copyFile, cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { basename, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs, promisify } from 'node:util'
import { type Built, build } from './build.ts'
import { bundledPackages } from './bundled-packages.ts'
import { resourcesOf, type Template, valueAt } from './check/template.ts'
import { plainTemplate } from './plain-template.ts'
import { licences, sbom } from './sbom.ts'
import { withStage } from './with-stage.ts'
import { zip } from './zip.ts'

export type Packaged = {
  readonly built: readonly Built[]
  /** The CloudFormation template, JSON. */
  readonly template: string
}

type Folders = { readonly functions: string; readonly out: string; readonly templates: string }

/** Makes everything that is deployed. */
export async function packageStack({ functions, out, templates }: Folders): Promise<Packaged> {
  const built = await build({ functions, out })
  await zipFunctions(built, out)
  await Promise.all([writeMaterials(built, out), writeTemplates(out, templates)])
  const template = join(templates, 'cloudformation-template-update-stack.json')
  await writePlain(out, JSON.parse(await readFile(template, 'utf8')))
  return { built, template }
}

/**
 * Writes what CloudFormation takes by itself: `<out>/cloudformation/template.json`, and beside it `code/<digest>/<name>.zip`, as it has to lie
 * in the bucket.
 */
export async function writePlain(out: string, template: Template) {
  const folder = join(out, 'cloudformation')
  const names = resourcesOf(template, 'AWS::Lambda::Function')
    .map(({ json }) => basename(String(valueAt(json, 'Properties.Code.S3Key'))))
    .toSorted()
  const zips = await Promise.all(names.map((name) => readFile(join(out, name))))
  const digest = zips.reduce((hash, bytes) => hash.update(bytes), createHash('sha256')).digest('hex')
  const code = join(folder, 'code', digest)
  await rm(folder, { recursive: true, force: true })
  await mkdir(code, { recursive: true })
  await Promise.all(names.map((name) => copyFile(join(out, name), join(code, name))))
  await writeFile(
    join(folder, 'template.json'),
    JSON.stringify(withStage(plainTemplate(template, digest)), null, 1),
  )
}

/** Packs each function as Lambda wants it, `<out>/<name>.zip`. */
export async function zipFunctions(built: readonly Built[], out: string) {
  await Promise.all(built.filter(({ name }) => name !== 'cli').map((one) => zipOne(one, out)))
}

async function zipOne({ name, file }: Built, out: string) {
  await writeFile(join(out, `${name}.zip`), zip([{ name: `${name}.mjs`, content: await readFile(file) }]))
}

/** Writes what the bundles are made of, `<out>/sbom.cdx.json` and `<out>/licences.txt`. */
export async function writeMaterials(built: readonly Built[], out: string) {
  const packages = await bundledPackages(built, ROOT)
  const product = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8'))
  await writeFile(join(out, 'sbom.cdx.json'), sbom(product, packages))
  await writeFile(join(out, 'licences.txt'), licences(packages))
}

/**
 * Writes the CloudFormation templates around the zips that lie in `artifacts`, with parameters given as `name=value`.
 *
 * osls always works in the service's own `.serverless`, so two runs at once would delete each other's files. Each run gets its own copy of
 * the service.
 */
export async function writeTemplates(
  artifacts: string,
  templates: string,
  parameters: readonly string[] = [],
) {
  const osls = createRequire(import.meta.url).resolve('serverless/bin/serverless.js')
  const given = [`artifacts=${resolve(artifacts)}`, ...parameters].flatMap((one) => ['--param', one])
  const args = [osls, 'package', ...given]
  const service = await mkdtemp(join(tmpdir(), 'service-'))
  try {
    await copyFile(join(ROOT, 'serverless.yml'), join(service, 'serverless.yml'))
    await Promise.all(LINKED.map((part) => symlink(join(ROOT, part), join(service, part))))
    await promisify(execFile)(process.execPath, args, { cwd: service })
    await cp(join(service, '.serverless'), templates, { recursive: true })
  } finally {
    await rm(service, { recursive: true })
  }
}

const LINKED = ['infra', 'package.json', 'node_modules']

const ROOT = fileURLToPath(new URL('..', import.meta.url))

if (import.meta.main) {
  const { values } = parseArgs({
    options: {
      functions: { type: 'string', default: 'functions' },
      out: { type: 'string', default: 'dist' },
      templates: { type: 'string', default: '.serverless' },
    },
  })
  const { built, template } = await packageStack(values)
  for (const { file, bytes } of built) console.log(`${file}  ${(bytes / 1000).toFixed(0)} kB`)
  console.log(`${values.out}/sbom.cdx.json\n${values.out}/licences.txt`)
  console.log(`${template}\n${values.out}/cloudformation/template.json`)
}
