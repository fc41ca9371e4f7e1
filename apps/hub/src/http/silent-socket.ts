import type { Socket } from 'node:net'
import type { FastifyInstance } from 'fastify'

/** So long, in milliseconds, somebody who has just connected may take to say the first word. */
const GRACE_MS = 1000

/**
 * Closes, when the hub stops, the sockets on which nobody has said anything yet: the server does not count them as idle,
 * and would wait for more than a minute. Clients open one ahead of need when a request of theirs is broken off.
 */
export function closeSilentSockets(app: FastifyInstance): void {
  const open = new Set<Socket>()
  app.server.on('connection', (socket) => {
    open.add(socket)
    socket.once('close', () => open.delete(socket))
  })
  app.addHook('preClose', async () => {
    setTimeout(() => {
      for (const socket of open) if (socket.bytesRead === 0) socket.destroy()
    }, GRACE_MS).unref()
  })
}
