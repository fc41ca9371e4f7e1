import http from 'node:http'
import type { AddressInfo } from 'node:net'

/** A message as a receiver of webhooks has got it. */
export interface ReceivedMessage {
  readonly id: string
  readonly type: string
  readonly title: string
  readonly severity: string
  readonly alerts: readonly { readonly alert_id: string; readonly what: string; readonly kind: string; readonly summary: string }[]
  readonly more: number
  readonly notes: readonly string[]
  /** The status that it was answered with; undefined where it was not answered. */
  readonly answered: number | undefined
}

export interface AlertPeer {
  readonly url: string
  /** In the order in which they came, refused ones too. */
  readonly received: ReceivedMessage[]
  /** Those that were accepted. */
  readonly accepted: () => ReceivedMessage[]
  /** The next answers; 204 where there is none left. `hang` is never answered. */
  readonly answers: (number | 'hang')[]
  /** The answer where `answers` has none left. */
  answer: number | 'hang'
  /** Header `Retry-After` of answers that are not 2xx, in seconds. */
  retryAfter: number | undefined
  /** The text of answers that are not 2xx. */
  says: string | undefined
  close(): Promise<void>
}

/** A receiver of webhooks on this machine, which keeps what it gets and answers as a test asks. */
export async function openAlertPeer(port = 0): Promise<AlertPeer> {
  const server = http.createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const { type, data } = JSON.parse(Buffer.concat(chunks).toString()) as {
        type: string
        data: Omit<ReceivedMessage, 'id' | 'type' | 'answered'>
      }
      const answer = peer.answers.shift() ?? peer.answer
      const answered = answer === 'hang' ? undefined : answer
      peer.received.push({ ...data, type, id: String(request.headers['webhook-id']), answered })
      if (answered === undefined) return
      if (answered >= 300 && peer.retryAfter !== undefined) response.setHeader('retry-after', peer.retryAfter)
      response.writeHead(answered).end(answered >= 300 ? peer.says : undefined)
    })
  })
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  const peer: AlertPeer = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`,
    received: [],
    accepted: () => peer.received.filter(({ answered }) => answered !== undefined && answered < 300),
    answers: [],
    answer: 204,
    retryAfter: undefined,
    says: undefined,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
  return peer
}
