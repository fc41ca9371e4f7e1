import { promisify } from 'node:util'
import { gzip } from 'node:zlib'

const squeeze = promisify(gzip)
/** Below this many bytes there is little to win. */
export const WORTH_GZIP = 1024

/** Quickly rather than well: half a megabyte as hard as a file would take longer than making it. */
export function gzipped(body: Buffer): Promise<Buffer> {
  return squeeze(body, { level: 1 })
}

/** Whether `Accept-Encoding` names gzip and does not refuse it with `q=0`. */
export function acceptsGzip(header: string | string[] | undefined): boolean {
  return [header ?? []]
    .flat()
    .join()
    .split(',')
    .some((part) => {
      const [name, ...more] = part.split(';').map((word) => word.trim().toLowerCase())
      return (name === 'gzip' || name === '*') && !more.some((word) => /^q=0(\.0*)?$/.test(word))
    })
}
