import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'

export type Listener = {
  readonly url: string
  /** Ends the listener and every open connection. */
  close(): Promise<void>
}

/**
 * Listens on loopback.
 *
 * @param port - 0 takes a free one
 * @throws if the port is taken
 */
export async function listenOnLoopback(server: Server, port = 0): Promise<Listener> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(port, '127.0.0.1', resolve)
  })
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      server.closeAllConnections()
      await closed
    },
  }
}
