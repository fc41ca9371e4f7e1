import { once } from 'node:events'
import type { AddressInfo, Server, Socket } from 'node:net'
import { onTestFinished } from 'vitest'

/** A server in the hand of a test, which listens on this machine until the test ends. */
export interface Cuttable {
  readonly port: number
  /** Ends every connection and takes none: whoever comes is thrown out before the server sees a byte of it. */
  cut(): void
  /** After a cut: whoever comes is let in again. */
  mend(): void
}

export async function cuttable(server: Server): Promise<Cuttable> {
  const sockets = new Set<Socket>()
  let dead = false
  server.prependListener('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    if (dead) socket.destroy()
  })
  const cut = () => {
    dead = true
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
      dead = false
    },
  }
}
