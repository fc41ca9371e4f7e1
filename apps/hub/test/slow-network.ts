import net from 'node:net'
import { type SeverableServer, severableServer } from '../../../test/support/severable-server.ts'

const OP_MSG = 2013

/** A command to MongoDB that arrives only after its release. */
export interface HeldCommand {
  /** Resolves when the command is held. */
  readonly reached: Promise<void>
  release(): void
}

/**
 * A proxy between a hub and its MongoDB, which a test can delay or cut at a certain command, to control what happens
 * between two steps of a hub. A hub whose connection is cut is as good as crashed.
 */
export interface SlowNetwork extends Pick<SeverableServer, 'cut' | 'mend'> {
  readonly uri: string
  /** Holds the next command with this name on this collection. */
  hold(command: string, collection: string): HeldCommand
}

interface Hold {
  readonly command: string
  readonly collection: string
  reached(): void
  readonly released: Promise<void>
}

export async function slowNetwork(uri: string): Promise<SlowNetwork> {
  const behind = new URL(uri)
  const holds: Hold[] = []
  const server = net.createServer((client) => {
    if (client.destroyed) return
    const upstream = net.connect(Number(behind.port), behind.hostname)
    for (const socket of [client, upstream]) {
      socket.setNoDelay(true)
      socket.on('error', () => {})
      socket.on('close', () => {
        client.destroy()
        upstream.destroy()
      })
    }
    upstream.pipe(client)
    let waiting = Buffer.alloc(0)
    let sending: Promise<unknown> = Promise.resolve()
    client.on('data', (bytes) => {
      waiting = Buffer.concat([waiting, bytes as Buffer])
      while (waiting.length >= 4 && waiting.length >= waiting.readInt32LE(0)) {
        const message = waiting.subarray(0, waiting.readInt32LE(0))
        waiting = waiting.subarray(message.length)
        sending = sending.then(() => pass(message, client, upstream))
      }
    })
  })
  const pass = async (message: Buffer, client: net.Socket, upstream: net.Socket): Promise<void> => {
    const [command, collection] = readCommand(message)
    const index = holds.findIndex((hold) => hold.command === command && hold.collection === collection)
    if (index !== -1) {
      const [hold] = holds.splice(index, 1)
      hold!.reached()
      await hold!.released
    }
    if (!client.destroyed) upstream.write(message)
  }
  const { port, cut, mend } = await severableServer(server)
  const through = new URL(uri)
  through.host = `127.0.0.1:${port}`
  return {
    uri: through.href,
    cut,
    mend,
    hold(command, collection) {
      const reached = Promise.withResolvers<void>()
      const released = Promise.withResolvers<void>()
      holds.push({ command, collection, reached: reached.resolve, released: released.promise })
      return { reached: reached.promise, release: released.resolve }
    },
  }
}

/** Reads name and collection: the first field of the document, and its value where that is a text. */
function readCommand(message: Buffer): [command: string, collection: string] {
  if (message.length < 27 || message.readInt32LE(12) !== OP_MSG || message[20] !== 0) return ['', '']
  const end = message.indexOf(0, 26)
  const command = message.toString('utf8', 26, end)
  if (message[25] !== 2) return [command, '']
  return [command, message.toString('utf8', end + 5, end + 4 + message.readInt32LE(end + 1))]
}
