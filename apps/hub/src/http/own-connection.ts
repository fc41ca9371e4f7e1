import fs from 'node:fs/promises'
import type { Socket } from 'node:net'

/** Where Linux lists the connections of this machine with the user of each end. */
const TABLES = ['/proc/net/tcp', '/proc/net/tcp6']

/**
 * Finds which connections come from programs of the user that runs the hub. A loopback address alone proves nothing: every
 * user of the machine reaches it, as does a proxy that runs here as a user of its own.
 */
export class OwnConnections {
  readonly #uid: number | undefined
  readonly #tables: readonly string[]
  readonly #known = new WeakMap<Socket, Promise<boolean>>()

  constructor(uid = process.getuid?.(), tables = TABLES) {
    this.#uid = uid
    this.#tables = tables
  }

  /** False where the system does not say whose a connection is. */
  isOwn(socket: Socket): Promise<boolean> {
    let known = this.#known.get(socket)
    if (known === undefined) {
      known = this.#find(socket)
      this.#known.set(socket, known)
    }
    return known
  }

  async #find({ remoteAddress, remotePort, localPort }: Socket): Promise<boolean> {
    // The hub's own requests have no connection. One that was closed already has no address.
    if (remotePort === undefined) return remoteAddress !== undefined
    if (localPort === undefined || this.#uid === undefined) return false
    const [near, far] = [portOf(remotePort), portOf(localPort)]
    let own = false
    for (const table of await Promise.all(this.#tables.map((file) => fs.readFile(file, 'utf8').catch(() => '')))) {
      for (const line of table.split('\n')) {
        const [, from, to, , , , , uid, , inode] = line.trim().split(/\s+/)
        if (!from?.endsWith(near) || !to?.endsWith(far)) continue
        // The end of a program that has closed it has no user, and is listed as root's.
        if (Number(uid) !== this.#uid || inode === '0') return false
        own = true
      }
    }
    return own
  }
}

function portOf(port: number): string {
  return `:${port.toString(16).toUpperCase().padStart(4, '0')}`
}
