import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

/** Starts a TCP relay in front of Atlas, whose connections can die as those of a frozen function do: without a word. */
export async function startRelay() {
  const sockets = new Set<Socket>()
  let port = 0
  const server = createServer((caller) => {
    const callee = connect(port, '127.0.0.1')
    for (const socket of [caller, callee]) {
      sockets.add(socket)
      socket.on('error', () => socket.destroy())
      socket.once('close', () => sockets.delete(socket))
    }
    caller.pipe(callee).pipe(caller)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    leadTo(url: string) {
      port = Number(new URL(url).port)
    },
    /** Swallows whatever else is sent over the connections that are open now. */
    silence() {
      for (const socket of sockets) socket.unpipe().resume()
    },
    async [Symbol.asyncDispose]() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      for (const socket of sockets) socket.destroy()
      await closed
    },
  }
}
