/** A request of which everything is here and nothing is unusual. */
export interface PlainRequest {
  readonly path: string
  /** Those that matter, by their names in small letters. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer
  /** All but its first line. */
  readonly rest: string
}

const MAX_BYTES = 4096
/** What such a request looks like up to its body; whatever an attacker or a proxy could mean by other bytes is not in it. */
const FIRST_LINE = /^POST (\/[\w.~/-]*) HTTP\/1\.1\r\n/
const HEADERS = /^(?:[\w!#$%&'*+.^`|~-]+:[\t\x20-\x7e]*\r\n)+\r\n/
/** Those that matter, and that come once or not at all. */
const once = new Set(['host', 'authorization', 'x-api-key', 'content-type', 'content-length', 'x-request-id'])
/** Those that make another request of it: how long it is, who answers, and how. */
const unusual = new Set(['transfer-encoding', 'expect', 'upgrade', 'trailer', 'te', 'content-encoding', 'idempotency-key'])

/**
 * Reads bytes that are one whole POST in the form that nearly all programs send. This is no parser of HTTP: what is not
 * exactly so is for the real one, which has not seen any of it.
 * @param last what the same sender sent before: often all but the first line is the same
 */
export function readPlainRequest(bytes: Buffer, last?: PlainRequest): PlainRequest | undefined {
  if (bytes.length > MAX_BYTES) return undefined
  const text = bytes.toString('latin1')
  const [line, path] = FIRST_LINE.exec(text) ?? []
  if (line === undefined) return undefined
  const rest = text.slice(line.length)
  if (rest === last?.rest) return { ...last, path: path! }
  const [head = ''] = HEADERS.exec(rest) ?? []
  const headers = readHeaders(head)
  if (!headers?.host) return undefined
  const length = headers['content-length'] ?? '0'
  if (!/^\d{1,4}$/.test(length) || rest.length - head.length !== Number(length)) return undefined
  return { path: path!, headers, body: bytes.subarray(line.length + head.length), rest }
}

function readHeaders(head: string): Record<string, string> | undefined {
  const headers: Record<string, string> = {}
  for (const line of head.split('\r\n')) {
    if (line === '') continue
    const colon = line.indexOf(':')
    const name = line.slice(0, colon).toLowerCase()
    const value = line.slice(colon + 1).trim()
    if (unusual.has(name) || (name === 'connection' && value.toLowerCase() !== 'keep-alive')) return undefined
    if (!once.has(name)) continue
    if (headers[name] !== undefined) return undefined
    headers[name] = value
  }
  return headers
}
