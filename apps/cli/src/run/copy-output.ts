import type { Readable } from 'node:stream'
import type { Io } from '../io.ts'

/** How long the output may pause after the end of the process before it counts as whole: a program it left behind may hold the pipe. */
const LEFTOVER_MS = 2_000

export interface CopiedOutput {
  /** Resolves when everything has been written, or no one reads any more. */
  readonly finished: Promise<void>
  /** Stops reading, as the reader of stdout has. */
  close(): void
}

/**
 * Copies the output of a process to stdout: each byte unchanged and at once, no faster than its reader takes them. When the
 * reader closes its end, call `close`: the process learns it from its next write, as it would without us.
 * @param ended resolves when the process has ended
 * @param read sees each piece after it was written
 */
export function copyOutput({ stdout, now }: Io, source: Readable, ended: Promise<unknown>, read: (piece: Buffer) => void): CopiedOutput {
  let lastPiece = now()
  let leftover: NodeJS.Timeout | undefined
  const close = () => void source.destroy()
  const onDrain = () => void source.resume()
  const closed = new Promise<void>((resolve) => source.on('close', resolve))
  stdout.on('drain', onDrain)
  source.on('error', close)
  source.on('data', (piece: Buffer) => {
    lastPiece = now()
    if (!stdout.write(piece)) source.pause()
    read(piece)
  })
  void ended.then(() => {
    if (source.closed) return
    lastPiece = now()
    leftover = setInterval(() => {
      if (!source.isPaused() && now() - lastPiece > LEFTOVER_MS) close()
    }, LEFTOVER_MS / 4)
  })
  const finish = async () => {
    await closed
    clearInterval(leftover)
    stdout.removeListener('drain', onDrain)
    if ((stdout as { writableLength?: number }).writableLength) await new Promise<void>((resolve) => stdout.write('', () => resolve()))
  }
  return { finished: finish(), close }
}
