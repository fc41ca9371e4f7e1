import { once } from 'node:events'
import type { AddressInfo, Server, Socket } from 'node:net'
import { onTestFinished } from 'vitest'

/** A server whose connections a test can cut; it listens on this machine until the test ends. */
export interface SeverableServer {
  readonly port: number
  /** Ends every connection and destroys new ones before the server reads a byte. */
  cut(): void
  /** Accepts new connections again after a cut. */
  mend(): void
}

export async function severableServer(server: Server): Promise<SeverableServer> {
  const sockets = new Set<Socket>()
  let isCut = false
  server.prependListener('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    if (isCut) socket.destroy()
  })
  const cut = () => {
    isCut = true
    for (const socket of sockets) socket.destroy()
  }
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    cut()
    server.close()
  })
  return {
    port: (server.address() as AddressInfo).port,
    cut,
    mend() {
      isCut = false
    },
  }
}
