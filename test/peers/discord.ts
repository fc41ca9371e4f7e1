import { charactersOf, jsonOf, listOf, type Peer, type PeerResponse, startPeer, textOf } from './peer.ts'

export const DISCORD_HOOK = '/api/webhooks/123456789012345678/secretsecretsecretsecret-secret_secret'

/** A webhook of Discord: https://discord.com/developers/docs/resources/webhook#execute-webhook */
export function startDiscordPeer(): Promise<Peer> {
  let lastId = 1_000
  return startPeer((request) => {
    const url = new URL(request.path, 'http://peer')
    if (url.pathname !== DISCORD_HOOK) return refuse(404, 10015, 'Unknown Webhook')
    const message = jsonOf(request)
    if (message === undefined) return refuse(400, 50109, 'The request body contains invalid JSON.')
    const embeds = listOf(message.embeds)
    if (textOf(message.content) === '' && embeds.length === 0) return refuse(400, 50006, 'Cannot send an empty message')
    const isValid = charactersOf(textOf(message.content)) <= 2_000 && embeds.length <= 10 && embeds.every(isEmbed) && sum(embeds) <= 6_000
    const name = textOf(message.username)
    if (!isValid || charactersOf(name) > 80 || /discord|clyde/i.test(name)) return refuse(400, 50035, 'Invalid Form Body')
    if (url.searchParams.get('wait') !== 'true') return { status: 204 }
    lastId += 1
    return { status: 200, body: { id: String(lastId), channel_id: '1', content: message.content ?? '', embeds } }
  })
}

const refuse = (status: number, code: number, message: string): PeerResponse => ({ status, body: { message, code } })

function isEmbed({ title, description, url, fields, footer, color }: Record<string, unknown>): boolean {
  const { text } = (footer ?? {}) as Record<string, unknown>
  return (
    charactersOf(textOf(title)) <= 256 &&
    charactersOf(textOf(description)) <= 4_096 &&
    charactersOf(textOf(text)) <= 2_048 &&
    listOf(fields).length <= 25 &&
    (url === undefined || (/^https?:/.test(textOf(url)) && textOf(url).length <= 2_048)) &&
    (color === undefined || (Number.isInteger(color) && Number(color) <= 0xffffff))
  )
}

function sum(embeds: readonly Record<string, unknown>[]): number {
  return embeds.reduce((total, { title, description }) => total + charactersOf(textOf(title)) + charactersOf(textOf(description)), 0)
}
