import { parseJson } from '../../words/body.ts'
import { isObject } from '../json.ts'
import { HR_SYSTEMS } from './systems.ts'

/** How one HR system may be asked. */
type HrCredential = { readonly origin: string; readonly parts: Readonly<Record<string, string>> }

export type HrCredentials = ReadonlyMap<string, HrCredential>

type Refused = { readonly entry: string; readonly why: string }
type Interpreted = { readonly keys: HrCredentials; readonly refused: readonly Refused[] }

/**
 * Interprets the HR secret: `{ "hibob": { "id": "…", "token": "…" } }`. An `origin` beside them selects another allowed one, such as a
 * sandbox. A mistake in one system's entry refuses that entry alone.
 *
 * @returns `undefined` if it is no JSON object
 */
export function interpretHrSecret(text: string): Interpreted | undefined {
  const secret = text.trim() === '' ? {} : parseJson(text)
  if (!isObject(secret)) return undefined
  const keys = new Map<string, HrCredential>()
  const refused: Refused[] = []
  for (const [at, [name, given]] of Object.entries(secret).entries()) {
    const read = readCredential(name, given)
    if (typeof read === 'string')
      refused.push({ entry: HR_SYSTEMS.has(name) ? name : `entry ${at + 1}`, why: read })
    else keys.set(name, read)
  }
  return { keys, refused }
}

function readCredential(name: string, given: unknown): HrCredential | string {
  const system = HR_SYSTEMS.get(name)
  if (!system) return `expected one of ${[...HR_SYSTEMS.keys()].join(', ')}`
  if (!isObject(given)) return 'expected an object'
  const wanted = system.credential
  const isText = (part: string) => typeof given[part] === 'string' && given[part] !== ''
  const known = [...wanted, 'origin']
  if (!wanted.every(isText) || Object.keys(given).some((key) => !known.includes(key)))
    return `expected ${wanted.join(', ')}, and at most \`origin\` beside them`
  const { origin = system.origins[0] } = given
  if (typeof origin !== 'string' || !(system.origins.includes(origin) || isLoopback(origin)))
    return `\`origin\`: expected ${system.origins.join(' or ')}`
  return { origin, parts: Object.fromEntries(wanted.map((part) => [part, String(given[part])])) }
}

function isLoopback(origin: string): boolean {
  return /^http:\/\/(127\.0\.0\.1|localhost)(:\d{1,5})?$/.test(origin)
}
