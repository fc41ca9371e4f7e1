import { jsonOf, type Peer, type PeerResponse, startPeer, textOf } from './peer.ts'

export const TELEGRAM_TOKEN = '123456789:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw'
export const TELEGRAM_CHATS = {
  known: '-1001234567890',
  /** Became the known one. */
  migrated: '-4242',
  blocked: '777',
}

/** The Bot API of Telegram: https://core.telegram.org/bots/api#sendmessage */
export function startTelegramPeer(): Promise<Peer> {
  let lastId = 0
  return startPeer((request) => {
    const [, token, method] = /^\/bot([^/]+)\/(\w+)$/.exec(request.path) ?? []
    if (token !== TELEGRAM_TOKEN) return refuse(401, 'Unauthorized')
    if (method?.toLowerCase() !== 'sendmessage') return refuse(404, 'Not Found')
    const message = jsonOf(request) ?? {}
    const chat = String(message.chat_id ?? '')
    if (chat === '') return refuse(400, 'Bad Request: chat_id is empty')
    if (chat === TELEGRAM_CHATS.blocked) return refuse(403, 'Forbidden: bot was blocked by the user')
    if (chat === TELEGRAM_CHATS.migrated) {
      return refuse(400, 'Bad Request: group chat was upgraded to a supergroup chat', {
        migrate_to_chat_id: Number(TELEGRAM_CHATS.known),
      })
    }
    if (chat !== TELEGRAM_CHATS.known) return refuse(400, 'Bad Request: chat not found')
    const text = textOf(message.text)
    const shown = message.parse_mode === 'HTML' ? withoutMarkup(text) : text
    if (shown === undefined) return refuse(400, "Bad Request: can't parse entities")
    if (shown.trim() === '') return refuse(400, 'Bad Request: message text is empty')
    if (shown.length > 4_096) return refuse(400, 'Bad Request: message is too long')
    lastId += 1
    return { status: 200, body: { ok: true, result: { message_id: lastId, date: 0, chat: { id: Number(chat) }, text: shown } } }
  })
}

function refuse(status: number, description: string, parameters?: object): PeerResponse {
  return { status, body: { ok: false, error_code: status, description, ...(parameters === undefined ? {} : { parameters }) } }
}

const tags = /^(b|strong|i|em|u|ins|s|strike|del|code|pre|a href="[^"<>]*"|blockquote|tg-spoiler)$/

/** The text that people see; undefined where a tag is unknown or not closed. An & that begins no entity stays. */
export function withoutMarkup(text: string): string | undefined {
  const open: string[] = []
  const parts = text.split(/(<[^>]*>)/)
  const shown = parts.map((part) => {
    if (!part.startsWith('<')) return part
    const name = /^<\/?(\w[\w-]*)/.exec(part)?.[1]
    if (part.startsWith('</')) return open.pop() === name ? '' : undefined
    open.push(name ?? '')
    return tags.test(part.slice(1, -1)) ? '' : undefined
  })
  const joined = shown.join('')
  if (shown.includes(undefined) || open.length > 0 || joined.includes('<')) return undefined
  return joined
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&quot;/g, '"')
    .replace(/&amp;/g, '&')
}
