import { once } from 'node:events'
import http from 'node:http'
import net, { type AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it, onTestFinished } from 'vitest'
import { type ConnectionLimits, Connections, connectionLimits } from './connections.ts'

const times = { minAge: 50, reader: 300, check: 50 }

async function serve(limits: ConnectionLimits, answer: http.RequestListener = (_, response) => response.end('ok'), proxies: string[] = []) {
  const connections = new Connections(limits, proxies, times)
  const server = http.createServer((request, response) => {
    if (!connections.admit(request, response)) return
    if (request.headers.authorization !== undefined) connections.known(request.socket)
    answer(request, response)
  })
  connections.watch(server)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  const open = async (localAddress = '127.0.0.1', text?: string) => {
    const socket = net.connect({ port, host: '127.0.0.1', localAddress })
    onTestFinished(() => void socket.destroy())
    const state = { socket, closed: false, received: '' }
    socket.on('error', () => {}).on('close', () => (state.closed = true))
    socket.on('data', (data) => (state.received += data))
    await once(socket, 'connect')
    if (text !== undefined) socket.write(text)
    return state
  }
  return { connections, open }
}

const get = (key?: string) => `GET / HTTP/1.1\r\nHost: x\r\n${key === undefined ? '' : `Authorization: ${key}\r\n`}\r\n`

it('at the limit of an address the oldest connection without a key makes room, and none with a key does', async () => {
  const { open } = await serve({ total: 100, perAddress: 3 })
  const known = await open('127.0.0.1', get('key'))
  await expect.poll(() => known.received).toContain('ok')
  const strangers = [await open(), await open()]
  // Too young to be closed for another.
  const early = await open()
  await expect.poll(() => early.closed).toBe(true)
  await sleep(2 * times.minAge)
  const late = await open('127.0.0.1', get())
  await expect.poll(() => late.received).toContain('ok')
  expect([known.closed, ...strangers.map(({ closed }) => closed)]).toEqual([false, true, false])
  // Another address has connections of its own.
  const other = await open('127.0.0.2', get())
  await expect.poll(() => other.received).toContain('ok')
})

it('at the limit of all, the address with the most makes room', async () => {
  const { open, connections } = await serve({ total: 4, perAddress: 4 })
  const many = [await open('127.0.0.2'), await open('127.0.0.2'), await open('127.0.0.2')]
  const few = await open('127.0.0.3')
  await sleep(2 * times.minAge)
  const next = await open('127.0.0.4', get())
  await expect.poll(() => next.received).toContain('ok')
  expect([few.closed, ...many.map(({ closed }) => closed)]).toEqual([false, true, false, false])
  expect(connections.open).toBe(4)
})

it('a trusted proxy has no limit of its own', async () => {
  const { open } = await serve({ total: 100, perAddress: 1 }, undefined, ['127.0.0.0/30'])
  const all = [await open(), await open(), await open('127.0.0.1', get())]
  await expect.poll(() => all[2]?.received).toContain('ok')
  expect(all.map(({ closed }) => closed)).toEqual([false, false, false])
})

it('a few requests may wait behind another, and a connection with many is closed without answering them', async () => {
  let asked = 0
  const { open } = await serve({ total: 100, perAddress: 100 }, (_, response) => {
    asked++
    setTimeout(() => response.end('ok'), 20)
  })
  const few = await open('127.0.0.1', get().repeat(10))
  await expect.poll(() => few.received.split('ok').length).toBe(11)
  asked = 0
  const many = await open('127.0.0.1', get().repeat(1_000))
  await expect.poll(() => many.closed).toBe(true)
  expect(asked).toBeLessThanOrEqual(17)
})

it('an address whose connections are closed for what they send may open few for a while, and others as before', async () => {
  const { open } = await serve({ total: 1_000, perAddress: 1_000 }, (_, response) => void setTimeout(() => response.end('ok'), 5))
  for (let n = 0; n < 60; n++) {
    const one = await open('127.0.0.5', get().repeat(100))
    if (!one.closed) await once(one.socket, 'close')
  }
  const last = await open('127.0.0.5', get())
  await expect.poll(() => last.closed).toBe(true)
  const other = await open('127.0.0.6', get())
  await expect.poll(() => other.received).toContain('ok')
})

it('a reader that takes nothing of its answer is dropped, a slow one is not', async () => {
  const { open } = await serve({ total: 100, perAddress: 100 }, (_, response) => response.end(Buffer.alloc(16 * 1024 * 1024)))
  const silent = await open()
  silent.socket.pause()
  silent.socket.write(get())
  const slow = await open()
  slow.socket.pause()
  slow.socket.write(get())
  const timer = setInterval(() => slow.socket.resume() && setTimeout(() => slow.socket.pause(), 1), 60)
  onTestFinished(() => clearInterval(timer))
  const began = performance.now()
  // The reset is noticed by writing.
  const poke = setInterval(() => silent.socket.write('x'), 50)
  onTestFinished(() => clearInterval(poke))
  await expect.poll(() => silent.closed).toBe(true)
  expect(performance.now() - began).toBeGreaterThan(times.reader / 2)
  expect(slow.closed).toBe(false)
})

it('connections leave descriptors for everything else', () => {
  expect(connectionLimits({ total: 10_000, perAddress: 1_000 }, 400)).toEqual({ total: 300, perAddress: 150 })
  expect(connectionLimits({ total: 10_000, perAddress: 1_000 }, 1_048_576)).toEqual({ total: 10_000, perAddress: 1_000 })
  expect(connectionLimits({ total: 50, perAddress: 1_000 }, undefined)).toEqual({ total: 50, perAddress: 25 })
})
