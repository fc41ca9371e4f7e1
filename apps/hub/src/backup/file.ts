import { createHash } from 'node:crypto'
import { once } from 'node:events'
import fs from 'node:fs'
import { freeBytes } from '../disk-file.ts'
import { StartError } from '../start-error.ts'

/** SHA-256 of a file, in hexadecimal digits. */
export async function hashFile(file: string): Promise<string> {
  const hash = createHash('sha256')
  const stream = fs.createReadStream(file, { highWaterMark: 1 << 20 })
  stream.on('data', (chunk) => hash.update(chunk))
  await once(stream, 'close')
  return hash.digest('hex')
}

/** @throws StartError when a disk has less space than is needed, before anything is written */
export function requireSpace(folder: string, bytes: number): void {
  const free = freeBytes(folder)
  if (free < bytes) {
    const mb = (size: number) => `${size.toLocaleString('en-US')} MB`
    // Rounded apart, so that the two figures are never the same.
    const [has, needs] = [mb(Math.floor(free / 1e6)), mb(Math.ceil(bytes / 1e6))]
    throw new StartError(`The disk of ${folder} has ${has} free, and ${needs} are needed. Free some space, or name another folder.`)
  }
}
