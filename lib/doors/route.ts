import type { HttpRequest } from './http.ts'

/** One endpoint. `{id}` in its path matches any one part. */
export type Route<Answer> = { readonly method: string; readonly path: string; readonly answer: Answer }

/** The route of a request. Without `answer`, `methods` lists what the path allows: nothing if it is unknown. */
export type Match<Answer> = {
  readonly answer?: Answer | undefined
  readonly id: string
  readonly methods: readonly string[]
}

/** Finds the route of a request. */
export function findRoute<Answer>(
  routes: readonly Route<Answer>[],
  { method, path }: Pick<HttpRequest, 'method' | 'path'>,
): Match<Answer> {
  const candidates = routes.filter((route) => {
    const parts = partsOf(route)
    return parts.length === path.length && parts.every((part, at) => part === '{id}' || part === path[at])
  })
  const route = candidates.find((candidate) => candidate.method === method)
  const id = route && path[partsOf(route).indexOf('{id}')]
  return { answer: route?.answer, id: id ?? '', methods: candidates.map((one) => one.method) }
}

function partsOf({ path }: Route<unknown>): readonly string[] {
  return path.split('/').slice(1)
}
