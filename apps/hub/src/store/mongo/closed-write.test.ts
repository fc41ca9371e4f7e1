import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import net from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { defaultPriceTable } from '@signalbox/usage/price-table'
import { beforeAll, expect, it, onTestFinished } from 'vitest'
import { freshDatabase, MONGO_START_TIMEOUT_MS, mongoForTests } from '../../../../../test/support/mongo.ts'
import { openMongoStore } from './open.ts'

beforeAll(mongoForTests, MONGO_START_TIMEOUT_MS)

const soon = { timeout: 60_000 }
const outcome = (work: Promise<unknown>) =>
  work.then(
    () => 'available',
    (error: { code?: string }) => error.code,
  )

/** Larger than what two sockets take in for a program that does not read. */
const LARGE_BYTES = 15_000_000

/** Passes everything on to the database, until it stalls. */
async function relayTo(uri: string) {
  const { hostname, port } = new URL(uri)
  const clients = new Set<net.Socket>()
  const server = net.createServer((client) => {
    clients.add(client)
    const database = net.connect(Number(port), hostname)
    client.pipe(database).pipe(client)
    for (const [one, other] of [
      [client, database],
      [database, client],
    ] as const)
      one.on('error', () => {}).on('close', () => other.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    for (const client of clients) client.destroy()
    server.close()
  })
  return {
    uri: uri.replace(`:${port}`, `:${(server.address() as net.AddressInfo).port}`),
    stall() {
      for (const client of clients) client.unpipe().pause()
    },
  }
}

it('a command that is written when its connection closes fails, and the server is found again', { timeout: 120_000 }, async () => {
  const uri = await freshDatabase()
  const sockets: net.Socket[] = []
  const collect = (message: unknown) => void sockets.push((message as { socket: net.Socket }).socket)
  subscribe('net.client.socket', collect)
  onTestFinished(() => void unsubscribe('net.client.socket', collect))
  const store = await openMongoStore({ uri, prices: defaultPriceTable() })
  onTestFinished(() => store.close())
  const own = () => sockets.filter((socket) => socket.remotePort === Number(new URL(uri).port) && !socket.destroyed)
  for (let times = 0; times < 3; times++) {
    await Promise.all(Array.from({ length: 4 }, () => store.check()))
    // The monitor asks at most twice a second.
    await delay(700)
    // Its socket is the first that was opened: a command on another one fails before, and has it asked.
    for (const socket of own().reverse()) socket.destroy()
    const answers = await Promise.all(Array.from({ length: 4 }, () => outcome(store.check())))
    for (const answer of answers) expect(['available', 'unavailable']).toContain(answer)
    await expect.poll(() => outcome(store.check()), soon).toBe('available')
  }
})

it('a large write ends with the time of its socket when the server does not read on', { timeout: 120_000 }, async () => {
  const relay = await relayTo(await freshDatabase())
  const store = await openMongoStore({
    uri: `${relay.uri}?socketTimeoutMS=1000&serverSelectionTimeoutMS=500&heartbeatFrequencyMS=500&connectTimeoutMS=600`,
    prices: defaultPriceTable(),
  })
  onTestFinished(() => store.close())
  const { connection } = store
  relay.stall()
  const text = 'x'.repeat(LARGE_BYTES)
  expect(
    await outcome(connection.write(() => connection.collection<{ _id: string }>('meta').insertOne({ _id: 'large', text } as never))),
  ).toBe('unavailable')
  await expect.poll(() => outcome(store.check()), soon).toBe('available')
})
