import { once } from 'node:events'
import net, { type AddressInfo, type Socket } from 'node:net'
import { expect, it, onTestFinished } from 'vitest'
import { OwnConnections } from './own-connection.ts'

/** Both ends of a connection on this machine. */
async function connect(host: string): Promise<{ client: Socket; server: Socket }> {
  const listener = net.createServer({ allowHalfOpen: true }).listen(0, host)
  await once(listener, 'listening')
  const accepted = once(listener, 'connection')
  const client = net.connect((listener.address() as AddressInfo).port, host)
  const [server] = (await accepted) as [Socket]
  onTestFinished(() => {
    client.destroy()
    server.destroy()
    listener.close()
  })
  return { client, server }
}

const linux = process.platform === 'linux'

it.skipIf(!linux).each(['127.0.0.1', '::1'])('a connection of a program of the same user is its own: %s', async (host) => {
  const { server } = await connect(host)
  expect(await new OwnConnections().isOwn(server)).toBe(true)
  expect(await new OwnConnections((process.getuid?.() ?? 0) + 1).isOwn(server)).toBe(false)
})

it.skipIf(!linux)('one whose program has closed it is no longer its own', async () => {
  const { client, server } = await connect('127.0.0.1')
  const gone = once(server, 'end')
  server.resume()
  client.destroy()
  await gone
  expect(await new OwnConnections().isOwn(server)).toBe(false)
})

it('where the system does not say whose a connection is, it is not', async () => {
  const { server } = await connect('127.0.0.1')
  expect(await new OwnConnections(process.getuid?.(), ['/nowhere']).isOwn(server)).toBe(false)
  expect(await new OwnConnections(undefined).isOwn(server)).toBe(process.getuid !== undefined && linux)
})
