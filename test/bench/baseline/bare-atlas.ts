import { request } from 'undici'

type Account = { readonly clientId: string; readonly clientSecret: string }

/** The requests that a removal takes, in bare undici: nothing checked, remembered or published. */
export function bareAtlas(baseUrl: string) {
  const accept = 'application/vnd.atlas.2025-02-19+json'
  const statuses = '&orgMembershipStatuses=ACTIVE&orgMembershipStatuses=PENDING'

  return {
    async token({ clientId, clientSecret }: Account): Promise<string> {
      const pair = Buffer.from(`${clientId}:${clientSecret}`).toString('base64')
      const { body } = await request(`${baseUrl}/api/oauth/token`, {
        method: 'POST',
        headers: {
          authorization: `Basic ${pair}`,
          'content-type': 'application/x-www-form-urlencoded',
        },
        body: 'grant_type=client_credentials',
      })
      const { access_token } = (await body.json()) as { access_token: string }
      return access_token
    },

    /** @returns the removed member's userId */
    async remove(token: string, orgId: string, username: string): Promise<string> {
      const headers = { authorization: `Bearer ${token}`, accept }
      const users = `${baseUrl}/api/atlas/v2/orgs/${orgId}/users`
      const lookup = await request(`${users}?username=${encodeURIComponent(username)}${statuses}`, {
        headers,
      })
      const { results } = (await lookup.body.json()) as { results: { id: string }[] }
      const userId = results[0]?.id ?? ''
      const user = `${users}/${userId}`
      const removal = await request(user, { method: 'DELETE', headers })
      await removal.body.dump()
      const confirmation = await request(user, { headers })
      await confirmation.body.json()
      if (removal.statusCode !== 204 || confirmation.statusCode !== 404)
        throw new Error('Cannot remove anybody: the baseline is broken')
      return userId
    },
  }
}
