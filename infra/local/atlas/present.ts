import type { Answer, Call } from './operation.ts'
import { pageLinks } from './paging.ts'
import { refusal } from './refusal.ts'
import { APPLICATION_HEADERS, type Reply, refusalReply, wireJson } from './reply.ts'

/** Turns an answer into the reply that the caller asked for: paged, in an envelope, pretty or plain. */
export function present(answer: Answer, call: Call, extraHeaders: Readonly<Record<string, string>>): Reply {
  const { request, url } = call
  const pretty = request.query.get('pretty') === 'true'
  const inEnvelope = request.query.get('envelope') === 'true'
  const headers = { ...APPLICATION_HEADERS, ...extraHeaders }
  const ok = (value: unknown, status = 200): Reply => ({ status, headers, body: wireJson(value, pretty) })

  switch (answer.kind) {
    case 'page': {
      const { items, total, uncounted, paging, filters = [] } = answer
      const links = pageLinks(`${url}${request.path}`, paging, total, filters)
      const totalCount = paging.includeCount ? total : uncounted
      const count = totalCount === undefined ? {} : { totalCount }
      return ok({ links, results: items, ...count, ...(inEnvelope && { status: 200 }) })
    }
    case 'entity':
      return ok(inEnvelope ? { content: answer.value, status: 200 } : answer.value, answer.status)
    case 'bare_array':
      return ok(answer.values)
    case 'no_content':
      return { status: 204, headers }
    case 'refusal':
      return refusalReply(
        inEnvelope ? refusal('NOT_EMULATED', 'an error with envelope=true') : answer,
        pretty,
        extraHeaders,
      )
  }
}
