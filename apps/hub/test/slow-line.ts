import net from 'node:net'
import { type Cuttable, cuttable } from '../../../test/support/cuttable.ts'

const OP_MSG = 2013

/** A command on its way to MongoDB that does not arrive before it may. */
export interface HeldCommand {
  /** Resolves when the command has come so far. */
  readonly reached: Promise<void>
  release(): void
}

/**
 * A line between a hub and its MongoDB, which a test can make slow or cut at a certain command: what happens between two
 * steps of one hub is then no matter of luck. A hub whose line is cut is as good as dead.
 */
export interface SlowLine extends Pick<Cuttable, 'cut' | 'mend'> {
  readonly uri: string
  /** Holds the next command of this name on this collection. */
  hold(command: string, collection: string): HeldCommand
}

interface Hold {
  readonly command: string
  readonly collection: string
  reached(): void
  readonly released: Promise<void>
}

export async function slowLine(uri: string): Promise<SlowLine> {
  const behind = new URL(uri)
  const holds: Hold[] = []
  const server = net.createServer((client) => {
    if (client.destroyed) return
    const line = net.connect(Number(behind.port), behind.hostname)
    for (const socket of [client, line]) {
      socket.setNoDelay(true)
      socket.on('error', () => {})
      socket.on('close', () => {
        client.destroy()
        line.destroy()
      })
    }
    line.pipe(client)
    let waiting = Buffer.alloc(0)
    let sending: Promise<unknown> = Promise.resolve()
    client.on('data', (bytes) => {
      waiting = Buffer.concat([waiting, bytes as Buffer])
      while (waiting.length >= 4 && waiting.length >= waiting.readInt32LE(0)) {
        const message = waiting.subarray(0, waiting.readInt32LE(0))
        waiting = waiting.subarray(message.length)
        sending = sending.then(() => pass(message, client, line))
      }
    })
  })
  const pass = async (message: Buffer, client: net.Socket, line: net.Socket): Promise<void> => {
    const [command, collection] = nameOf(message)
    const index = holds.findIndex((hold) => hold.command === command && hold.collection === collection)
    if (index !== -1) {
      const [hold] = holds.splice(index, 1)
      hold!.reached()
      await hold!.released
    }
    if (!client.destroyed) line.write(message)
  }
  const { port, cut, mend } = await cuttable(server)
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

/** Name and collection: the first field of the document, and its value where that is a text. */
function nameOf(message: Buffer): [command: string, collection: string] {
  if (message.length < 27 || message.readInt32LE(12) !== OP_MSG || message[20] !== 0) return ['', '']
  const end = message.indexOf(0, 26)
  const command = message.toString('utf8', 26, end)
  if (message[25] !== 2) return [command, '']
  return [command, message.toString('utf8', end + 5, end + 4 + message.readInt32LE(end + 1))]
}
