import http from 'node:http'
import { type Cuttable, cuttable } from '../support/cuttable.ts'

/** How requests of some paths fare on their way. */
export interface Weather {
  /** Part of the paths meant; all when absent. */
  readonly path?: string
  /** Milliseconds before the request goes on to the hub. */
  readonly delay?: number
  /** What a proxy says in the hub's place. */
  readonly status?: number
}

export interface Arrival {
  readonly path: string
  /** Milliseconds. */
  readonly at: number
}

/** A line between a browser and a hub, as a proxy is one; a test can make it slow, turn requests away, or cut it. */
export interface Line extends Pick<Cuttable, 'cut' | 'mend'> {
  readonly url: string
  /** Every request that came, whatever became of it. */
  readonly arrivals: readonly Arrival[]
  /** Of these paths so many have come. */
  count(path: string): number
  /** From now on; without any, all goes through. */
  set(...weather: readonly Weather[]): void
}

export async function lineTo(hubUrl: string): Promise<Line> {
  const hub = new URL(hubUrl)
  const arrivals: Arrival[] = []
  let weather: readonly Weather[] = []
  const server = http.createServer((request, response) => {
    const path = request.url ?? '/'
    arrivals.push({ path, at: performance.now() })
    const { delay = 0, status } = weather.find((one) => one.path === undefined || path.includes(one.path)) ?? {}
    const timer = setTimeout(() => {
      if (status !== undefined) return response.writeHead(status, { 'content-type': 'text/html' }).end('<h1>A proxy says no</h1>')
      const onward = http.request(
        { host: hub.hostname, port: hub.port, method: request.method, path, headers: request.headers },
        (answer) => {
          response.writeHead(answer.statusCode ?? 502, answer.headers)
          response.flushHeaders()
          answer.pipe(response)
        },
      )
      onward.on('error', () => response.destroy())
      response.on('close', () => onward.destroy())
      request.pipe(onward)
    }, delay)
    response.on('close', () => clearTimeout(timer))
  })
  const { port, cut, mend } = await cuttable(server)
  return {
    url: `http://127.0.0.1:${port}`,
    arrivals,
    count: (path) => arrivals.filter((one) => one.path === path).length,
    set: (...next) => {
      weather = next
    },
    cut,
    mend,
  }
}
