// Child process: opens event streams and sends its parent the delay of each event on each stream.
import net from 'node:net'

export interface Readers {
  readonly port: number
  readonly streams: number
  /** Number of events; each has the time of its write in its data as `updated_at`. */
  readonly events: number
}

if (process.send !== undefined) process.once('message', (readers: Readers) => void read(readers))

async function read({ port, streams, events }: Readers): Promise<void> {
  const took: number[] = []
  let open = 0
  let done = 0
  const openStream = () => {
    const socket = net.connect(port, '127.0.0.1', () => {
      socket.write('GET /events?types=session.updated HTTP/1.1\r\nhost: 127.0.0.1\r\nauthorization: Bearer bench\r\n\r\n')
    })
    let text = ''
    let received = 0
    socket.on('data', (bytes) => {
      const now = Date.now()
      text += bytes.toString('latin1')
      if (received === 0 && text.includes(': connected')) {
        text = text.slice(text.indexOf(': connected') + 11)
        received = 1
        open++
        if (open === streams) process.send!('open')
      }
      for (;;) {
        const at = text.indexOf('"updated_at":"')
        if (at === -1 || text.length < at + 38) break
        took.push(now - Date.parse(text.slice(at + 14, at + 38)))
        text = text.slice(at + 38)
        received++
        if (received === events + 1 && ++done === streams) {
          process.send!({ took: quantiles(took), count: took.length })
        }
      }
      if (text.length > 100_000) text = text.slice(-1000)
    })
    socket.on('error', (error) => {
      console.error(error)
      process.exit(1)
    })
  }
  for (let n = 0; n < streams; n++) {
    openStream()
    // No more connections at once than the backlog of a listening socket holds.
    if (n % 50 === 49) await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

function quantiles(took: number[]): { p50: number; p99: number; max: number } {
  const sorted = took.sort((a, b) => a - b)
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)]!
  return { p50: at(0.5), p99: at(0.99), max: at(1) }
}
