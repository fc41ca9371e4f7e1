import http from 'node:http'
import type { AddressInfo } from 'node:net'
import type { DemoClient } from './questions.ts'

interface ChannelContext {
  readonly client: Pick<DemoClient, 'createChannel'>
  readonly signal: AbortSignal
}

/**
 * Sets up two channels whose messages go no further than this process: one takes each at once, the other is busy at the first
 * attempt of each.
 */
export async function startChannels({ client, signal }: ChannelContext): Promise<void> {
  const url = await openReceiver(signal)
  await client.createChannel({ kind: 'webhook', name: 'Team chat', config: { url: `${url}/team-chat` } }, { signal })
  await client.createChannel({ kind: 'webhook', name: 'On-call phone', config: { url: `${url}/busy/on-call-phone` } }, { signal })
}

/** @returns its address */
async function openReceiver(signal: AbortSignal): Promise<string> {
  const seen = new Set<unknown>()
  const server = http.createServer((request, response) => {
    request.resume().on('end', () => {
      // A repeat has the id of the first attempt.
      const id = request.headers['webhook-id']
      const isBusy = request.url?.startsWith('/busy/') === true && !seen.has(id)
      seen.add(id)
      if (isBusy) response.writeHead(503, { 'content-type': 'text/plain', 'retry-after': '5' }).end('busy, try again')
      else response.writeHead(200, { 'content-type': 'text/plain' }).end('ok')
    })
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', resolve)
  })
  const close = () => {
    server.close()
    server.closeAllConnections()
  }
  if (signal.aborted) close()
  else signal.addEventListener('abort', close, { once: true })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}
