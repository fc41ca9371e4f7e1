import { once } from 'node:events'
import net, { type AddressInfo, type Socket } from 'node:net'
import { expect, it, onTestFinished, vi } from 'vitest'
import { DirectSocket, type Write } from './direct-socket.ts'

interface Taken {
  readonly text: string
  readonly write: Write
  readonly decline: () => void
}

/** A connection, both its ends, and what was taken from it; the test says what becomes of that. */
async function connected(takes = (_: string) => true) {
  const taken: Taken[] = []
  const passed: string[] = []
  const server = net.createServer({ allowHalfOpen: true, noDelay: true })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const client = net.connect({ port: (server.address() as AddressInfo).port, host: '127.0.0.1', allowHalfOpen: true, noDelay: true })
  const [socket] = (await once(server, 'connection')) as [Socket]
  const direct = new DirectSocket(socket, {
    take(bytes, _began, write, decline) {
      const text = bytes.toString()
      if (takes(text)) taken.push({ text, write, decline })
      return takes(text)
    },
    handOver() {
      socket.on('data', (bytes) => passed.push(bytes.toString()))
      socket.on('end', () => passed.push('end'))
    },
  })
  let heard = ''
  client.on('data', (bytes) => {
    heard += bytes.toString()
  })
  onTestFinished(() => {
    client.destroy()
    socket.destroy()
    server.close()
  })
  const until = (sure: () => void) => vi.waitFor(sure, { timeout: 10_000, interval: 1 })
  return { client, socket, direct, taken, passed, heard: () => heard, until }
}

it('takes one after the other, however early they come', async () => {
  const { client, socket, taken, heard, until } = await connected()
  client.write('a')
  await until(() => expect(taken).toHaveLength(1))
  client.write('b')
  await until(() => expect(socket.isPaused()).toBe(true))
  expect(taken).toHaveLength(1)
  taken[0]!.write('A', 'latin1', false)
  expect(taken.map(({ text }) => text)).toEqual(['a', 'b'])
  taken[1]!.write('B', 'latin1', false)
  client.write('c')
  await until(() => expect(taken).toHaveLength(3))
  taken[2]!.write('ü', 'utf8', false)
  await until(() => expect(heard()).toBe('ABü'))
})

it('answers all that was asked before the other side ended, and ends then', async () => {
  const { client, socket, taken, heard, until } = await connected()
  const over = once(client, 'end')
  client.write('a')
  await until(() => expect(taken).toHaveLength(1))
  client.end('b')
  await until(() => expect(socket.isPaused()).toBe(true))
  taken[0]!.write('A', 'latin1', false)
  await until(() => expect(socket.readableEnded).toBe(true))
  taken[1]!.write('B', 'latin1', false)
  await over
  expect(heard()).toBe('AB')
})

it('ends with an answer that is the last', async () => {
  const { client, taken, heard, until } = await connected()
  const over = once(client, 'end')
  client.write('a')
  await until(() => expect(taken).toHaveLength(1))
  taken[0]!.write('A', 'latin1', true)
  await over
  expect(heard()).toBe('A')
})

it('passes on what is not taken, and everything after it', async () => {
  const { client, taken, passed, until } = await connected((text) => text === 'a')
  client.write('a')
  await until(() => expect(taken).toHaveLength(1))
  taken[0]!.write('A', 'latin1', false)
  client.write('x')
  await until(() => expect(passed).toEqual(['x']))
  client.write('a')
  await until(() => expect(passed).toEqual(['x', 'a']))
  expect(taken).toHaveLength(1)
})

it('passes on what is declined later, with what came behind it and the end', async () => {
  const { client, socket, taken, passed, until } = await connected()
  client.write('a')
  await until(() => expect(taken).toHaveLength(1))
  client.write('b')
  await until(() => expect(socket.isPaused()).toBe(true))
  client.end('c')
  taken[0]!.decline()
  await until(() => expect(passed.join('')).toBe('abcend'))
})

it('tells an end that was heard before it is passed on', async () => {
  const { client, socket, taken, passed, until } = await connected()
  client.end('a')
  await until(() => expect([taken.length, socket.readableEnded]).toEqual([1, true]))
  taken[0]!.decline()
  expect(passed).toEqual(['a', 'end'])
})

it('is closed when it is idle, and not while an answer is under way', async () => {
  const { client, direct, socket, taken, heard, until } = await connected()
  client.write('a')
  await until(() => expect(taken).toHaveLength(1))
  direct.closeIdle()
  taken[0]!.write('A', 'latin1', false)
  await until(() => expect(heard()).toBe('A'))
  direct.closeIdle(performance.now() - 60_000)
  expect(socket.destroyed).toBe(false)
  direct.closeIdle()
  expect(socket.destroyed).toBe(true)
})

it('forgets the answer for somebody who has gone', async () => {
  const { client, socket, taken, until } = await connected()
  client.write('a')
  await until(() => expect(taken).toHaveLength(1))
  client.resetAndDestroy()
  await until(() => expect(socket.destroyed).toBe(true))
  taken[0]!.write('A', 'latin1', false)
  taken[0]!.decline()
})
