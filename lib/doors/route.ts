import type { HttpRequest } from './request.ts'

/** One thing that can be asked for; `{id}` in the path stands for any one part. */
export type Route<Answer> = { readonly method: string; readonly path: string; readonly answer: Answer }

export type Match<Answer> =
  | { readonly kind: 'route'; readonly route: Route<Answer>; readonly id: string }
  /** The path is known, and this can be done with it. */
  | { readonly kind: 'other_methods'; readonly methods: readonly string[] }
  | { readonly kind: 'unknown' }

/** Finds what a request asks for. */
export function findRoute<Answer>(
  routes: readonly Route<Answer>[],
  { method, path }: Pick<HttpRequest, 'method' | 'path'>,
): Match<Answer> {
  const candidates = routes.filter((route) => fits(partsOf(route), path))
  const route = candidates.find((candidate) => candidate.method === method)
  if (route) return { kind: 'route', route, id: path[partsOf(route).indexOf('{id}')] ?? '' }
  if (candidates.length === 0) return { kind: 'unknown' }
  return { kind: 'other_methods', methods: candidates.map((candidate) => candidate.method) }
}

function fits(pattern: readonly string[], path: readonly string[]): boolean {
  return pattern.length === path.length && pattern.every((part, at) => part === '{id}' || part === path[at])
}

function partsOf({ path }: Route<unknown>): readonly string[] {
  return path.split('/').slice(1)
}
