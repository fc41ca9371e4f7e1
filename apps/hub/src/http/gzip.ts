import { promisify } from 'node:util'
import { gzip } from 'node:zlib'

const gzipAsync = promisify(gzip)
/** Smaller bodies are not worth compressing. */
export const MIN_GZIP_BYTES = 1024

/** Compresses at the fastest level: at the default level, half a megabyte would take longer than its report. */
export function compressGzip(body: Buffer): Promise<Buffer> {
  return gzipAsync(body, { level: 1 })
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
