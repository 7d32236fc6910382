import type { Printer } from './print.ts'
import { openScene } from './scene.ts'
import type { LocalStack } from './stack.ts'

const OKTAS = 'katherine@example.com'
const ENTRAS = 'alan@example.com'

/**
 * Lets Okta deactivate one member and Entra ID disable another over SCIM, request by request as they send them.
 *
 * @returns the exit status
 */
export async function showScim(stack: LocalStack, printer: Printer): Promise<number> {
  const scene = openScene(stack, printer)
  const okta = scimClient(stack, printer, stack.callers.oktaScimToken)
  const entra = scimClient(stack, printer, stack.callers.scimToken)
  printer.title(`Okta deactivates ${OKTAS}, Entra ID disables ${ENTRAS}. Base URL ${stack.http.url}/scim/v2`)

  const oktas = await okta.find(`userName%20eq%20%22${OKTAS.replace('@', '%40')}%22&startIndex=1&count=100`)
  await okta.send('GET', `/Users/${oktas.id}`)
  await okta.send('PUT', `/Users/${oktas.id}`, { ...oktas, active: false })

  await entra.find('userName+eq+%2200aa00aa-bb11-cc22-dd33-44ee44ee44ee%22')
  const entras = await entra.find(`userName+eq+%22${ENTRAS}%22`)
  await entra.send('PATCH', `/Users/${entras.id}`, {
    schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'],
    Operations: [{ op: 'Replace', path: 'active', value: 'False' }],
  })

  for (const source of ['scim/okta-scim', 'scim/entra'])
    await scene.timeline.audited(
      ({ metadata, unmapped }) =>
        metadata.correlation_uid.startsWith(`${source}:`) && unmapped.outcome?.kind === 'removed',
    )
  printer.note('\nAnd what the directories read of them from now on:\n')
  const after = [await okta.send('GET', `/Users/${oktas.id}`), await entra.send('GET', `/Users/${entras.id}`)]

  const { removed, untouched } = scene.end()
  const isShownOut = after.every(({ active }) => active === false)
  return removed.toSorted().join() === [ENTRAS, OKTAS].join() && untouched && isShownOut ? 0 : 1
}

type User = { readonly id?: string; readonly active?: boolean }

/** Sends what a directory sends, in its media type, and shows each request and its answer. */
function scimClient({ http }: LocalStack, printer: Printer, token: string) {
  async function request(method: string, path: string, body?: unknown) {
    const response = await fetch(`${http.url}/scim/v2${path}`, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        accept: 'application/scim+json',
        'content-type': 'application/scim+json; charset=utf-8',
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
    const answer = (await response.json()) as User & { readonly Resources?: readonly User[] }
    const { status } = response
    const seen = answer.Resources ? `${answer.Resources.length} found` : `active ${answer.active}`
    const text = `${method} ${decodeURIComponent(path)} → ${status}, ${seen}`
    const tone = status < 400 ? 'good' : 'bad'
    printer.step({ step: 'scim', at: new Date(), text, facts: { method, path, status, answer }, tone })
    return answer
  }

  return {
    send: (method: string, path: string, body?: unknown): Promise<User> => request(method, path, body),
    async find(filter: string): Promise<User> {
      return (await request('GET', `/Users?filter=${filter}`)).Resources?.[0] ?? {}
    },
  }
}
