import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { onTestFinished } from 'vitest'

type Handler = (request: IncomingMessage, response: ServerResponse, body: Buffer) => unknown

/** For tests: a local server that can stop, and restart at the same or another address. */
export async function testServer(handle: Handler) {
  let port = 0
  const server = createServer(async (request, response) => handle(request, response, await buffer(request)))
  const result = {
    get origin() {
      return `http://127.0.0.1:${port}`
    },
    /** Starts it, at the address it had. */
    async up() {
      server.listen(port, '127.0.0.1')
      await once(server, 'listening')
      port = (server.address() as AddressInfo).port
    },
    async down() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
    /** Restarts it at another address. */
    async move() {
      await result.down()
      port = 0
      await result.up()
    },
  }
  await result.up()
  onTestFinished(result.down)
  return result
}
