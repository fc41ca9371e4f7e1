import http from 'node:http'
import { type SeverableServer, severableServer } from '../support/severable-server.ts'

/** What happens to requests of some paths. */
export interface Fault {
  /** Part of the paths affected; all when absent. */
  readonly path?: string
  /** Milliseconds before the request is forwarded. */
  readonly delay?: number
  /** Status that the proxy responds with instead of forwarding. */
  readonly status?: number
}

export interface Arrival {
  readonly path: string
  /** Milliseconds. */
  readonly at: number
}

/** A proxy between a browser and a hub that a test can slow down, make fail, or cut. */
export interface FlakyProxy extends Pick<SeverableServer, 'cut' | 'mend'> {
  readonly url: string
  /** Every request received, forwarded or not. */
  readonly arrivals: readonly Arrival[]
  /** Number of requests received for a path. */
  count(path: string): number
  /** Replaces the faults; without any, every request is forwarded. */
  set(...faults: readonly Fault[]): void
  /** From now on it forwards nothing, neither requests nor what the hub still sends, as in front of a hub that hangs. */
  hang(): void
}

export async function startFlakyProxy(hubUrl: string): Promise<FlakyProxy> {
  const hub = new URL(hubUrl)
  const arrivals: Arrival[] = []
  let faults: readonly Fault[] = []
  let isHanging = false
  const replies = new Set<http.IncomingMessage>()
  const server = http.createServer((request, response) => {
    const path = request.url ?? '/'
    arrivals.push({ path, at: performance.now() })
    if (isHanging) return
    const { delay = 0, status } = faults.find((fault) => fault.path === undefined || path.includes(fault.path)) ?? {}
    const timer = setTimeout(() => {
      if (status !== undefined) return response.writeHead(status, { 'content-type': 'text/html' }).end('<h1>Error of the proxy</h1>')
      const forwarded = http.request(
        { host: hub.hostname, port: hub.port, method: request.method, path, headers: request.headers },
        (reply) => {
          response.writeHead(reply.statusCode ?? 502, reply.headers)
          response.flushHeaders()
          reply.pipe(response)
          replies.add(reply)
          reply.on('close', () => replies.delete(reply))
        },
      )
      forwarded.on('error', () => response.destroy())
      response.on('close', () => forwarded.destroy())
      request.pipe(forwarded)
    }, delay)
    response.on('close', () => clearTimeout(timer))
  })
  const { port, cut, mend } = await severableServer(server)
  return {
    url: `http://127.0.0.1:${port}`,
    arrivals,
    count: (path) => arrivals.filter((arrival) => arrival.path === path).length,
    set: (...next) => {
      faults = next
    },
    hang: () => {
      isHanging = true
      for (const reply of replies) reply.unpipe().pause()
    },
    cut,
    mend: () => {
      isHanging = false
      mend()
    },
  }
}
