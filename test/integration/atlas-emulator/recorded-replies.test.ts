import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import type { SeedOrg } from '../../../infra/local/atlas/org.ts'
import { REPLY_TEXTS, SMALL_ORG } from '../../fixtures/atlas-replies.ts'
import { provoke, SCENES } from './provoked.ts'

type Recorded = {
  readonly name: string
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: unknown
  readonly rawBody?: string
}

/** Differ on every exchange or on every server. */
const UNSTABLE = /^(www-authenticate|ratelimit-remaining|x-(envoy|java|mongodb|xgen)-.*)$/

test.each(Object.entries(REPLY_TEXTS))('%s is answered byte by byte', async (name, text) => {
  const scene = SCENES[name]
  if (scene === undefined) throw new Error(`Cannot play "${name}"`)

  const { reply, url } = await provoke(scene, SMALL_ORG)

  expect(reply.text).toBe(text.replaceAll('{url}', url))
})

const SHARED = new URL('../../../../shared/atlas-wire-fixtures.json', import.meta.url)
const recorded: Recorded[] = existsSync(SHARED) ? JSON.parse(readFileSync(SHARED, 'utf8')) : []

describe.skipIf(recorded.length === 0)('recorded replies (skipped without ../shared)', () => {
  const org = recordedOrg()
  const sceneOf = (name: string) => SCENES[name] ?? SCENES[name.split(' ')[0] ?? '']

  test('every recorded exchange has a scene', () => {
    expect(recorded.filter(({ name }) => sceneOf(name) === undefined)).toEqual([])
  })

  test.each(recorded.map((exchange) => [exchange.name, exchange] as const))(
    '%s is answered as recorded',
    async (name, expected) => {
      const scene = sceneOf(name)
      if (scene === undefined) throw new Error(`Cannot play "${name}"`)

      const { reply, url } = await provoke(scene, org)

      expect(reply.status).toBe(expected.status)
      for (const [header, value] of Object.entries(expected.headers)) {
        if (!UNSTABLE.test(header.toLowerCase()))
          expect([header, reply.headers[header.toLowerCase()]]).toEqual([header, value])
      }
      expectBody(reply.text, expected, url)
    },
  )

  function expectBody(text: string, { name, body, rawBody }: Recorded, url: string) {
    // A token is never the same, and the client's address is another here; that one also comes from a mock,
    // whose key order is its own.
    if (name === 'token-200') return expect(Object.keys(JSON.parse(text))).toEqual(Object.keys(body ?? {}))
    const wanted = (rawBody ?? (body === null ? '' : JSON.stringify(body)))
      .replaceAll('https://cloud.mongodb.com', url)
      .replaceAll('203.0.113.9', '127.0.0.1')
    if (name === 'ip-not-allowed-403') return expect(JSON.parse(text)).toEqual(JSON.parse(wanted))
    expect(text).toBe(wanted)
  }
})

/** The organization that the recordings are about, put together from them. */
function recordedOrg(): SeedOrg {
  const bodyOf = (name: string) =>
    JSON.parse(JSON.stringify(recorded.find((exchange) => exchange.name.startsWith(name))?.body ?? null))
  const [invite] = bodyOf('list-group-invites-200') ?? [{}]
  const { groupId, groupName, ...projectInvite } = invite
  const [org] = bodyOf('list-orgs-200')?.results ?? [{}]
  const members = bodyOf('list-org-users-200')?.results ?? []
  const project = { id: groupId, name: groupName, invites: [projectInvite] }
  return { orgId: org.id, name: org.name, members, projects: [project] }
}
