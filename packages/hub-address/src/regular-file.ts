import fs from 'node:fs'

export interface RegularFile {
  readonly text: string
  readonly stats: fs.Stats
}

/** There is something else than a file of a sensible size. */
export class IrregularFileError extends Error {}

/**
 * Reads a small file that another program has put where anybody of this account may write. A FIFO would wait for its writer
 * and a device may have no end, so nothing is read before the open handle is known to be a file's.
 * @throws IrregularFileError, or the error of the file system
 */
export function readRegularFile(file: string, maxBytes: number): RegularFile {
  // Windows has neither flag, and no FIFO with the name of a file.
  const handle = fs.openSync(file, fs.constants.O_RDONLY | (fs.constants.O_NONBLOCK ?? 0) | (fs.constants.O_NOCTTY ?? 0))
  try {
    const stats = fs.fstatSync(handle)
    if (!stats.isFile()) throw new IrregularFileError(`${file} is not a regular file.`)
    if (stats.size > maxBytes) throw new IrregularFileError(`${file} is larger than ${maxBytes} bytes.`)
    const bytes = Buffer.alloc(stats.size)
    let length = 0
    while (length < bytes.length) {
      const count = fs.readSync(handle, bytes, length, bytes.length - length, length)
      if (count === 0) break
      length += count
    }
    return { text: bytes.toString('utf8', 0, length), stats }
  } finally {
    fs.closeSync(handle)
  }
}
