import { charactersOf, jsonOf, listOf, type Peer, type PeerResponse, startPeer, textOf } from './peer.ts'

export const SLACK_HOOK = '/services/T0PEER/B0PEER/secretsecretsecretsecret'

/** An incoming webhook of Slack: https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks */
export function startSlackPeer(): Promise<Peer> {
  return startPeer((request) => {
    if (request.method !== 'POST') return refuse(400, 'invalid_payload')
    if (!request.path.startsWith('/services/')) return refuse(404, 'no_service')
    if (request.path !== SLACK_HOOK) return refuse(403, 'invalid_token')
    const message = jsonOf(request)
    if (message === undefined) return refuse(400, 'invalid_payload')
    const blocks = listOf(message.blocks)
    if (textOf(message.text) === '' && blocks.length === 0 && listOf(message.attachments).length === 0) return refuse(400, 'no_text')
    if (charactersOf(textOf(message.text)) > 40_000) return refuse(400, 'msg_too_long')
    if (blocks.length > 50 || !blocks.every(isBlock)) return refuse(400, 'invalid_blocks')
    return { status: 200, body: 'ok' }
  })
}

const refuse = (status: number, body: string): PeerResponse => ({ status, body })

function isBlock(block: Record<string, unknown>): boolean {
  if (block.type === 'header') return isText(block.text, ['plain_text'], 150)
  if (block.type === 'section') return isText(block.text, ['plain_text', 'mrkdwn'], 3_000)
  if (block.type !== 'actions') return block.type === 'divider' || block.type === 'context'
  const elements = listOf(block.elements)
  const ids = elements.map((element) => element.action_id)
  return elements.length >= 1 && elements.length <= 25 && new Set(ids).size === ids.length && elements.every(isButton)
}

function isText(value: unknown, types: readonly string[], max: number): boolean {
  const { type, text } = (value ?? {}) as Record<string, unknown>
  const length = charactersOf(textOf(text))
  return types.includes(textOf(type)) && length >= 1 && length <= max
}

function isButton({ type, text, url, action_id }: Record<string, unknown>): boolean {
  return type === 'button' && isText(text, ['plain_text'], 75) && textOf(url).length <= 3_000 && textOf(action_id).length <= 255
}
