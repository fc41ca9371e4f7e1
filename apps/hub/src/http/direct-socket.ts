import type { Socket } from 'node:net'

/** @param last whether the connection ends with it */
export type Write = (text: string, encoding: 'latin1' | 'utf8', last: boolean) => void

export interface Meeting {
  /**
   * Bytes that came while nothing was under way. Whoever takes them calls exactly one of the two later.
   * @returns whether they are taken; else the connection goes the usual way
   */
  take(bytes: Buffer, began: number, write: Write, decline: () => void): boolean
  /** The connection goes to the server of Node for good, which finds on it all that was not answered. */
  handOver(): void
}

/**
 * A connection before a server of HTTP has it. While it brings only what is answered here, the server's objects are not
 * made for it; with the first bytes that are not, it is the server's, as if it had just come.
 */
export class DirectSocket {
  readonly #socket: Socket
  readonly #meeting: Meeting
  #underWay = false
  #heard = performance.now()
  /** Came before the answer to what was before it. */
  #waiting: Buffer | undefined
  #ended = false

  constructor(socket: Socket, meeting: Meeting) {
    this.#socket = socket
    this.#meeting = meeting
    socket.on('error', this.#onError)
    socket.on('end', this.#onEnd)
    socket.on('data', this.#onData)
  }

  /** Closes it, unless an answer is under way. @param before only when it has said nothing since, by `performance.now()` */
  closeIdle(before = Number.POSITIVE_INFINITY): void {
    if (!this.#underWay && this.#heard < before) this.#socket.destroy()
  }

  /** The socket closes by itself then. */
  readonly #onError = () => {}
  readonly #onEnd = () => {
    this.#ended = true
    if (!this.#underWay) this.#socket.end()
  }
  readonly #onData = (bytes: Buffer) => {
    if (this.#underWay) {
      // One after the other, in the order in which they came; the sender is held back meanwhile.
      this.#waiting = this.#waiting === undefined ? bytes : Buffer.concat([this.#waiting, bytes])
      this.#socket.pause()
      return
    }
    this.#underWay = true
    this.#heard = performance.now()
    const write: Write = (text, encoding, last) => {
      this.#underWay = false
      if (this.#socket.destroyed) return
      this.#socket.write(text, encoding)
      if (last) this.#socket.end()
      else if (this.#waiting !== undefined) this.#goOn()
      else if (this.#ended) this.#socket.end()
    }
    if (!this.#meeting.take(bytes, this.#heard, write, () => this.#handOver(bytes))) this.#handOver(bytes)
  }

  #goOn(): void {
    const bytes = this.#waiting!
    this.#waiting = undefined
    this.#socket.resume()
    this.#onData(bytes)
  }

  #handOver(bytes: Buffer): void {
    const socket = this.#socket
    if (socket.destroyed) return
    socket.off('error', this.#onError)
    socket.off('end', this.#onEnd)
    socket.off('data', this.#onData)
    this.#meeting.handOver()
    socket.emit('data', this.#waiting === undefined ? bytes : Buffer.concat([bytes, this.#waiting]))
    // It is told once, and the server was not there to hear it.
    if (this.#ended) socket.emit('end')
    else socket.resume()
  }
}
