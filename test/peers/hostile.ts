import { once } from 'node:events'
import net, { type AddressInfo, type Socket } from 'node:net'

export interface HostilePeer {
  readonly url: string
  /** Bytes of the answer to `/big` that were taken. */
  sent(): number
  close(): Promise<void>
}

const BIG_BYTES = 10 * 1024 * 1024
const ok = 'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n'

/** A server that does what no service should: `/ok-false`, `/moved`, `/away`, `/big`, `/dribble`, `/reset`, `/half`, `/silent`, `/garbage`, `/headers`. */
export async function startHostilePeer(): Promise<HostilePeer> {
  const sockets = new Set<Socket>()
  let sent = 0
  const behave: Readonly<Record<string, (socket: Socket) => void>> = {
    '/ok-false': (socket) => socket.end(`${ok}content-length: 12\r\n\r\n{"ok":false}`),
    '/moved': (socket) => socket.end('HTTP/1.1 301 Moved\r\nlocation: http://127.0.0.1:1/\r\ncontent-length: 0\r\n\r\n'),
    '/away': (socket) => socket.end('HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:1/\r\ncontent-length: 0\r\n\r\n'),
    '/big': (socket) => {
      socket.write(`${ok}content-length: ${BIG_BYTES}\r\n\r\n`)
      const part = Buffer.alloc(64 * 1024, 'x')
      const more = () => {
        while (sent < BIG_BYTES && !socket.destroyed) {
          sent += part.length
          if (!socket.write(part)) return
        }
      }
      socket.on('drain', more)
      more()
    },
    '/dribble': (socket) => {
      socket.write(`${ok}content-length: 1000\r\n\r\n`)
      const timer = setInterval(() => socket.write('x'), 20)
      socket.on('close', () => clearInterval(timer))
    },
    '/reset': (socket) => socket.resetAndDestroy(),
    '/half': (socket) => {
      socket.write(`${ok}content-length: 1000\r\n\r\n{"ok"`, () => socket.resetAndDestroy())
    },
    '/silent': () => {},
    '/garbage': (socket) => socket.end('SSH-2.0-OpenSSH_9.2\r\n'),
    '/headers': (socket) => socket.end(`${ok}x: ${'y'.repeat(200_000)}\r\n\r\n`),
  }
  const server = net.createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => socket.destroy())
    socket.on('close', () => sockets.delete(socket))
    socket.once('data', (data) => {
      const [, path = ''] = /^\w+ (\S+) HTTP/.exec(data.toString()) ?? []
      behave[path]?.(socket)
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    sent: () => sent,
    close: async () => {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}
