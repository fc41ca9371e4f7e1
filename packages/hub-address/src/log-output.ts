import fs from 'node:fs'
import net from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

/** What waits for a reader that stands still; lines beyond are dropped. */
const MAX_WAITING_BYTES = 1024 * 1024
/** After a failed write nothing is tried for so long: a full disk would cost a system call a line. */
const PAUSE_MS = 1_000
const FLUSH_POLL_MS = 10

/** The part of `process.stdout` that is used. */
export interface LogStream {
  write(text: string, done: (error?: Error | null) => void): boolean
  on(event: 'error', listener: (error: Error) => void): unknown
  readonly writableLength?: number
}

/**
 * Writes lines to an output that may be full, stand still, or be gone: none of that may stop a program. Lines that cannot be
 * written are dropped and counted, and the count is written when the output works again.
 */
export class LogOutput {
  readonly #stream: LogStream
  readonly #describeDropped: (count: number) => string
  readonly #now: () => number
  #dropped = 0
  #pausedUntil = 0
  /** The last write failed, perhaps in the middle of a line. */
  #cut = false

  /** @param describeDropped a line, with its end, that says how many were dropped */
  constructor(stream: LogStream, describeDropped: (count: number) => string, now: () => number = () => performance.now()) {
    this.#stream = stream
    this.#describeDropped = describeDropped
    this.#now = now
    // Without a listener the error would end the program.
    stream.on('error', () => this.#pause())
    // A terminal that is held with Ctrl-S would hold the whole program: Node waits for terminals. Pipes it does not wait for.
    const { _handle: handle, isTTY } = stream as { _handle?: { setBlocking?: (blocking: boolean) => void }; isTTY?: boolean }
    if (isTTY === true) handle?.setBlocking?.(false)
  }

  /** The lines that were dropped and are not yet reported. */
  get dropped(): number {
    return this.#dropped
  }

  write(line: string): void {
    const { writableLength: waiting = 0 } = this.#stream
    if (this.#now() < this.#pausedUntil || waiting + line.length > MAX_WAITING_BYTES) {
      this.#dropped++
      return
    }
    if (this.#dropped > 0) {
      const dropped = this.#dropped
      this.#dropped = 0
      this.#send(this.#describeDropped(dropped), dropped)
      // An output that fails at once has paused by now.
    }
    this.#send(line, 1)
  }

  #send(text: string, lines: number): void {
    const whole = this.#cut ? `\n${text}` : text
    this.#cut = false
    try {
      this.#stream.write(whole, (error) => {
        if (error == null) return
        this.#dropped += lines
        this.#pause()
      })
    } catch {
      this.#dropped += lines
      this.#pause()
    }
  }

  #pause(): void {
    this.#cut = true
    this.#pausedUntil = this.#now() + PAUSE_MS
  }

  /** Waits until all is written, for so long at most. @returns whether it is */
  async flush(ms: number): Promise<boolean> {
    const until = performance.now() + ms
    while ((this.#stream.writableLength ?? 0) > 0) {
      if (performance.now() >= until) return false
      await sleep(FLUSH_POLL_MS)
    }
    return true
  }
}

/** The log of a program, in JSON lines on stdout. */
export function programLog(app: string): LogOutput {
  return new LogOutput(unsharedOutput(process.stdout), (dropped) => {
    const time = new Date().toISOString()
    return `${JSON.stringify({ level: 'WARN', time, app, dropped, msg: 'log lines were dropped: they could not be written' })}\n`
  })
}

/**
 * The same output by an open file of its own, where it is a pipe. Whether a write waits is a property of the open file, which
 * other programs share: each Node that ends resets it, and then this program would wait for a reader that stands still.
 */
export function unsharedOutput<T extends LogStream>(stream: T): T | net.Socket {
  const { fd } = stream as { fd?: number }
  try {
    if (process.platform !== 'linux' || fd === undefined || !fs.fstatSync(fd).isFIFO()) return stream
    const own = fs.openSync(`/proc/self/fd/${fd}`, fs.constants.O_WRONLY | fs.constants.O_NONBLOCK)
    return new net.Socket({ fd: own, readable: false, writable: true })
  } catch {
    // No process reads it, or it belongs to another user.
    return stream
  }
}
