/** Reads a field of what may be an object. */
export function fieldOf(body: unknown, name: string): unknown {
  return typeof body === 'object' && body !== null ? Reflect.get(body, name) : undefined
}

/** Reads a text that is not empty. */
export function textOf(body: unknown, name: string): string | undefined {
  const value = fieldOf(body, name)
  return typeof value === 'string' && value !== '' ? value : undefined
}

/** Reads a list of texts; what is no text in it is left out. */
export function textsOf(body: unknown, name: string): readonly string[] {
  const value = fieldOf(body, name)
  return Array.isArray(value) ? value.filter((text) => typeof text === 'string') : []
}

/** Reads an instant. */
export function dateOf(body: unknown, name: string): Date | undefined {
  const at = new Date(textOf(body, name) ?? Number.NaN)
  return Number.isNaN(at.getTime()) ? undefined : at
}
