import type { EventEmitter } from 'node:events'
// @ts-expect-error the driver has no types for its own files
import { Connection } from 'mongodb/lib/cmap/connection.js'

/** What is used of the driver's connection. */
interface DriverConnection extends EventEmitter {
  readonly error: Error | null
  writeCommand(...args: unknown[]): Promise<void>
}

let isMended = false

/**
 * Lets a command fail whose connection closes while it is written. The driver (7.9) waits for `drain` or `error` of the socket;
 * of one that is destroyed neither comes, and the command never ends. When it was that of the monitor, which looks for the
 * server, the database stayed out of reach until the hub was started again.
 */
export function failClosedWrites(): void {
  if (isMended) return
  isMended = true
  const { prototype } = Connection as { prototype: DriverConnection }
  const { writeCommand } = prototype
  prototype.writeCommand = function (...args) {
    return new Promise((resolve, reject) => {
      const closed = () => reject(this.error)
      this.once('close', closed)
      writeCommand
        .apply(this, args)
        .then(resolve, reject)
        .finally(() => this.off('close', closed))
    })
  }
}
