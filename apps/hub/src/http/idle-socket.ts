import type { Socket } from 'node:net'
import type { FastifyInstance } from 'fastify'

/** How long a new connection may take to send its first byte, in milliseconds. */
const FIRST_BYTE_TIMEOUT_MS = 1000

/**
 * Closes sockets without a single byte when the hub stops: the server does not count them as idle and would wait for more
 * than a minute. Clients open such sockets ahead of need after an aborted request.
 */
export function closeIdleSockets(app: FastifyInstance): void {
  const open = new Set<Socket>()
  app.server.on('connection', (socket) => {
    open.add(socket)
    socket.once('close', () => open.delete(socket))
  })
  app.addHook('preClose', async () => {
    setTimeout(() => {
      for (const socket of open) if (socket.bytesRead === 0) socket.destroy()
    }, FIRST_BYTE_TIMEOUT_MS).unref()
  })
}
