import { SCHEMAS } from '../../lib/config.ts'

const NAMES: ReadonlySet<string> = new Set(Object.values(SCHEMAS).flatMap(({ shape }) => Object.keys(shape)))

/** Reads settings of the functions, each as `MODE=observe`. @returns a text if one of them is wrong */
export function readSettings(args: readonly string[]): Readonly<Record<string, string>> | string {
  const settings: Record<string, string> = {}
  for (const arg of args) {
    const [name = '', ...value] = arg.split('=')
    if (value.length === 0 || !NAMES.has(name)) return `"${arg}": expected a setting such as MODE=observe`
    settings[name] = value.join('=')
  }
  return settings
}
