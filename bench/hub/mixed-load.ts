// Child process: everything but heartbeats that a team asks of its hub, at fixed rates, and open event streams. It sends its
// parent how long each kind took, at the end.
import http from 'node:http'
import net from 'node:net'
import { batchesOfCalls } from './calls.ts'

export interface MixedLoad {
  readonly port: number
  readonly key: string
  /** Open event streams, as pages and programs hold them. */
  readonly streams: number
  /** Requests per second. */
  readonly rates: Readonly<Record<'calls' | 'changes' | 'pages', number>>
  readonly callsPerRequest: number
  /** Sessions that are changed, in turn. */
  readonly sessionIds: readonly string[]
  readonly ms: number
}

export interface MixedResult {
  /** In milliseconds from the moment a request was due. */
  readonly took: Readonly<Record<'calls' | 'changes' | 'pages' | 'events', readonly number[]>>
  readonly failures: readonly string[]
}

/** As many as the proxy before a hub may have; more would be refused as those of one address. */
const CONNECTIONS = 64
/** What a page asks for when it opens. */
const pageRequests = ['/app', '/sessions?limit=100', '/api/usage?group=day', '/api/claude/console-usage', '/machines?limit=100']

if (process.send !== undefined) process.once('message', (load: MixedLoad) => void run(load).then((result) => process.send!(result)))

async function run({ port, key, streams, rates, callsPerRequest, sessionIds, ms }: MixedLoad): Promise<MixedResult> {
  const took = { calls: [] as number[], changes: [] as number[], pages: [] as number[], events: [] as number[] }
  const failures: string[] = []
  const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' }
  const agent = new http.Agent({ keepAlive: true, maxSockets: CONNECTIONS })
  const ask = (method: string, at: string, body?: object) =>
    new Promise<void>((resolve, reject) => {
      const request = http.request({ host: '127.0.0.1', port, path: at, method, headers, agent }, (response) => {
        let text = ''
        response.setEncoding('utf8').on('data', (part) => (text += part))
        response.on('end', () => {
          const status = response.statusCode ?? 0
          if (status < 300) resolve()
          else reject(new Error(`${method} ${at}: ${status} ${text.slice(0, 100)}`))
        })
        response.on('error', reject)
      })
      request.on('error', reject)
      request.end(body && JSON.stringify(body))
    })
  const sockets = await openStreams({ port, key, streams }, (delay) => took.events.push(delay))
  const now = Date.now()
  const batches = batchesOfCalls(Number.MAX_SAFE_INTEGER, now - 3_600_000, now, callsPerRequest, process.pid)
  const kinds = {
    calls: () => {
      const { machine, calls } = batches.next().value!
      return ask('POST', '/api/usage/calls', { machine_id: machine, calls })
    },
    changes: (n: number) => ask('PUT', `/sessions/${sessionIds[n % sessionIds.length]}`, { metadata: { n } }),
    pages: async () => void (await Promise.all(pageRequests.map((at) => ask('GET', at)))),
  }
  const began = performance.now()
  await Promise.all(
    Object.entries(kinds).map(async ([name, work]) => {
      const kind = name as keyof typeof kinds
      const open: Promise<void>[] = []
      for (let n = 0; ; n++) {
        const due = (n * 1000) / rates[kind]
        if (due >= ms) break
        await new Promise((resolve) => setTimeout(resolve, Math.max(0, began + due - performance.now())))
        open.push(
          work(n).then(
            () => void took[kind].push(performance.now() - began - due),
            (error: Error) => void failures.push(error.message),
          ),
        )
      }
      await Promise.all(open)
    }),
  )
  for (const socket of sockets) socket.destroy()
  agent.destroy()
  return { took, failures }
}

/** Follows changes of sessions; each has the time of its write in its data. */
async function openStreams({ port, key, streams }: Pick<MixedLoad, 'port' | 'key' | 'streams'>, onEvent: (delay: number) => void) {
  const sockets: net.Socket[] = []
  for (let n = 0; n < streams; n++) {
    await new Promise<void>((resolve, reject) => {
      const socket = net.connect(port, '127.0.0.1', () => {
        socket.write(`GET /events?types=session.updated HTTP/1.1\r\nhost: 127.0.0.1\r\nauthorization: Bearer ${key}\r\n\r\n`)
      })
      sockets.push(socket)
      let text = ''
      socket.on('error', reject)
      socket.on('data', (bytes) => {
        const at = Date.now()
        text += bytes.toString('latin1')
        if (text.includes(': connected')) {
          text = ''
          return resolve()
        }
        const events = text.split('\n\n')
        text = events.pop()!
        for (const event of events) {
          const [, written] = /"updated_at":"([^"]+)"/.exec(event) ?? []
          if (written !== undefined) onEvent(at - Date.parse(written))
        }
      })
    })
  }
  return sockets
}
