// Child process: sends POSTs over kept-alive sockets, one at a time on each, and sends the result to its parent. It uses
// raw sockets, because a full HTTP client takes more processor time than the server it measures.
import net from 'node:net'

export interface Load {
  readonly port: number
  readonly connections: number
  readonly ms: number
  /** Request paths, used in turn by all connections. */
  readonly paths: readonly string[]
  readonly body: string
  readonly headers: Readonly<Record<string, string>>
  /** Total requests per second; absent, each connection sends as fast as it is answered. */
  readonly rate?: number
}

export interface LoadResult {
  readonly requests: number
  /** Answers that were not 2xx. */
  readonly refused: number
  readonly seconds: number
  /** Milliseconds. */
  readonly p50: number
  readonly p99: number
  readonly max: number
}

const BUCKET_MS = 0.05

if (process.send !== undefined) process.once('message', (load: Load) => void run(load).then((result) => process.send!(result)))

async function run({ port, connections, ms, paths, body, headers, rate }: Load): Promise<LoadResult> {
  const requests = paths.map((path) =>
    Buffer.from(
      [
        `POST ${path} HTTP/1.1`,
        'host: 127.0.0.1',
        ...Object.entries({ ...headers, 'content-length': String(Buffer.byteLength(body)) }).map(([name, value]) => `${name}: ${value}`),
        '',
        body,
      ].join('\r\n'),
    ),
  )
  // A histogram of durations in twentieths of a millisecond, which is smaller than a million numbers.
  const took = new Uint32Array(200_000)
  let done = 0
  let refused = 0
  let next = 0
  const started = performance.now()
  const until = started + ms
  const due = (count: number) => (rate === undefined ? 0 : started + (count * 1000) / rate)
  const openConnection = () =>
    new Promise<void>((resolve, reject) => {
      const socket = net.connect(port, '127.0.0.1')
      socket.setNoDelay(true)
      let sentAt = 0
      let text = ''
      const send = () => {
        const now = performance.now()
        if (now >= until) return void socket.end(resolve)
        const at = due(next)
        if (at > now) return void setTimeout(send, at - now)
        socket.write(requests[next++ % requests.length]!)
        // A request that had to wait for its connection counts from the time it was due.
        sentAt = rate === undefined ? now : Math.max(at, started)
      }
      socket.on('connect', send)
      socket.on('error', reject)
      socket.on('data', (bytes) => {
        text += bytes.toString('latin1')
        const head = text.indexOf('\r\n\r\n')
        if (head === -1) return
        const at = text.indexOf('ontent-')
        const length = Number(/content-length: (\d+)/i.exec(text.slice(at === -1 ? 0 : at - 1, head))?.[1] ?? 0)
        if (text.length < head + 4 + length) return
        if (text[9] !== '2') refused++
        done++
        took[Math.min(took.length - 1, Math.floor((performance.now() - sentAt) / BUCKET_MS))]!++
        text = ''
        send()
      })
    })
  await Promise.all(Array.from({ length: connections }, openConnection))
  const seconds = (performance.now() - started) / 1000
  const quantile = (share: number) => {
    let remaining = Math.ceil(done * share)
    for (let bucket = 0; bucket < took.length; bucket++) {
      remaining -= took[bucket]!
      if (remaining <= 0) return (bucket + 1) * BUCKET_MS
    }
    return took.length * BUCKET_MS
  }
  return { requests: done, refused, seconds, p50: quantile(0.5), p99: quantile(0.99), max: quantile(1) }
}
