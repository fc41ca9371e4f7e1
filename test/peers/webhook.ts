import { type Peer, startPeer } from './peer.ts'

/** A receiver of Standard Webhooks, with a library that verifies: it takes what is signed with its secret, and each id once. */
export interface WebhookPeer extends Peer {
  /** Bodies by their id. */
  readonly messages: Map<string, unknown>
}

/** @param verify throws when the signature is not valid */
export async function startWebhookPeer(verify: (body: string, headers: Record<string, string>) => unknown): Promise<WebhookPeer> {
  const messages: WebhookPeer['messages'] = new Map()
  const peer = await startPeer((request) => {
    if (request.path === '/gone') return { status: 410, body: '' }
    const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]))
    try {
      messages.set(headers['webhook-id'] ?? '', verify(request.body, headers))
      return { status: 204 }
    } catch (error) {
      return { status: 401, body: String(error) }
    }
  })
  return { ...peer, messages }
}
