import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'

type Answer = (request: IncomingMessage, response: ServerResponse, body: Buffer) => unknown

/** For tests: a server on this machine that may go away, and come back at the same address or at another one. */
export async function smallServer(answer: Answer) {
  let port = 0
  const server = createServer(async (request, response) => {
    const parts: Buffer[] = []
    for await (const part of request) parts.push(part as Buffer)
    answer(request, response, Buffer.concat(parts))
  })
  const place = {
    /** Of its address. */
    get origin() {
      return `http://127.0.0.1:${port}`
    },
    /** At the address it had. */
    async up() {
      server.listen(port, '127.0.0.1')
      await once(server, 'listening')
      port = (server.address() as AddressInfo).port
    },
    async down() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
    /** To another address. */
    async move() {
      await place.down()
      port = 0
      await place.up()
    },
  }
  await place.up()
  onTestFinished(place.down)
  return place
}
