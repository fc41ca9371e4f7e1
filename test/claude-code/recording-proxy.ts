import { once } from 'node:events'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { gunzipSync } from 'node:zlib'

export interface RecordedRequest {
  readonly method: string
  readonly path: string
  /** When it was received, in milliseconds since 1970. */
  readonly at: number
  /** Path, headers and body, as text. */
  readonly text: string
  /** As text. */
  readonly body: string
  readonly headers: http.IncomingHttpHeaders
  /** As it was sent. */
  readonly bytes: Buffer
}

export interface RecordingProxy {
  readonly url: string
  readonly requests: readonly RecordedRequest[]
  stop(): Promise<void>
}

/** Passes every request on to a hub and keeps what was in it. */
export async function startRecordingProxy(target: string): Promise<RecordingProxy> {
  const requests: RecordedRequest[] = []
  const server = http.createServer(async (request, response) => {
    try {
      const { method = '', url: path = '', headers } = request
      const body = await buffer(request)
      const plain = headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body
      const text = plain.toString()
      requests.push({
        method,
        path,
        at: Date.now(),
        text: `${path}\n${JSON.stringify(headers)}\n${text}`,
        body: text,
        headers,
        bytes: body,
      })
      const passed = http.request(new URL(path, target), { method, headers: { ...headers, host: new URL(target).host } }, (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.headers)
        answer.pipe(response)
      })
      passed.on('error', () => response.destroy())
      response.on('close', () => passed.destroy())
      passed.end(body)
    } catch {
      response.destroy()
    }
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    async stop() {
      const closed = new Promise((resolve) => server.close(resolve))
      server.closeAllConnections()
      await closed
    },
  }
}
