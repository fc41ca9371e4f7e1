import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import fs from 'node:fs'
import http from 'node:http'
import net, { type AddressInfo } from 'node:net'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it, onTestFinished } from 'vitest'
import { tempFolder } from '../../../../test/support/temp.ts'
import { masterKey, openHub } from '../../test/open-hub.ts'
import { type ConnectionLimits, Connections, connectionLimits } from './connections.ts'

const times = { minAge: 50, reader: 300, check: 50, idle: 60_000 }

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

/** The hub itself, and a connection to it of which a test counts what it has received. */
async function connectToHub(options: Parameters<typeof openHub>[0]) {
  const hub = await openHub(options)
  const { port } = new URL(await hub.app.listen({ port: 0, host: '127.0.0.1' }))
  return async (text: string) => {
    const socket = net.connect(Number(port), '127.0.0.1')
    onTestFinished(() => void socket.destroy())
    const state = { socket, closed: false, received: 0 }
    socket.on('error', () => {}).on('close', () => (state.closed = true))
    socket.on('data', (data) => (state.received += data.length))
    await once(socket, 'connect')
    socket.write(text)
    return state
  }
}

it('the hub drops a reader that takes nothing of its answer, and serves one that takes its time', async () => {
  const folder = tempFolder()
  // More than the system keeps for a connection, and nothing that could be compressed.
  const file = randomBytes(15 * 1024 * 1024)
  fs.mkdirSync(path.join(folder, 'assets'))
  fs.writeFileSync(path.join(folder, 'index.html'), '<title>x</title>')
  fs.writeFileSync(path.join(folder, 'assets', 'large.js'), file)
  const connect = await connectToHub({ dashboard: folder, connectionTimes: { ...times, reader: 1_000 } })
  const request = 'GET /assets/large.js HTTP/1.1\r\nHost: x\r\n\r\n'
  const silent = await connect(request)
  silent.socket.pause()
  const slow = await connect(request)
  // Longer in all than a reader may take nothing.
  slow.socket.on('data', () => slow.socket.pause() && setTimeout(() => slow.socket.resume(), 5))
  // The reset is noticed by writing.
  const poke = setInterval(() => silent.socket.write('x'), 50)
  onTestFinished(() => clearInterval(poke))
  await expect.poll(() => silent.closed).toBe(true)
  await expect.poll(() => slow.received).toBeGreaterThan(file.length)
  expect(silent.received).toBeLessThan(file.length)
})

it('the hub closes a connection on which nothing happens, and none whose stream says that it is alive', async () => {
  const idle = 600
  const connect = await connectToHub({
    connectionTimes: { ...times, idle },
    streams: { keepaliveMs: idle / 6, stalledMs: 60_000 },
  })
  const began = performance.now()
  const head = `HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer ${masterKey}\r\n`
  const stream = await connect(`GET /events ${head}\r\n`)
  const silent = await Promise.all(
    ['', 'GET /health', `POST /tasks ${head}Content-Type: application/json\r\nContent-Length: 9\r\n\r\n{`].map(connect),
  )
  await expect.poll(() => silent.map(({ closed }) => closed)).toEqual([true, true, true])
  expect(performance.now() - began).toBeGreaterThanOrEqual(idle)
  expect(stream.closed).toBe(false)
  const before = stream.received
  await expect.poll(() => stream.received).toBeGreaterThan(before)
})

it('connections leave descriptors for everything else', () => {
  expect(connectionLimits({ total: 10_000, perAddress: 1_000 }, 400)).toEqual({ total: 300, perAddress: 150 })
  expect(connectionLimits({ total: 10_000, perAddress: 1_000 }, 1_048_576)).toEqual({ total: 10_000, perAddress: 1_000 })
  expect(connectionLimits({ total: 50, perAddress: 1_000 }, undefined)).toEqual({ total: 50, perAddress: 25 })
})
