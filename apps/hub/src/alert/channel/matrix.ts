import type { MatrixConfig } from '@signalbox/contract/channel-config'
import { deliver, failed, refused, secretsOf, sent } from './answer.ts'
import type { ChannelKind } from './channel-kind.ts'
import { htmlStyle, messageBody, plainStyle, sizeInBytes } from './message-text.ts'

// https://spec.matrix.org/latest/client-server-api: an event has at most 65,536 bytes with both forms and what the server adds.
const MAX_TEXT_BYTES = 20_000
const html = { ...htmlStyle, size: sizeInBytes }
const plain = { ...plainStyle, size: sizeInBytes }
const temporary = new Set(['M_LIMIT_EXCEEDED', 'M_UNKNOWN', 'M_RESOURCE_LIMIT_EXCEEDED'])

export const matrix: ChannelKind<MatrixConfig> = {
  kind: 'matrix',
  repeat: 'same',
  rate: { burst: 60, per_ms: 1_000 },
  send(message, config, wire, signal) {
    const server = config.server.replace(/\/+$/, '')
    const path = `/_matrix/client/v3/rooms/${encodeURIComponent(config.room_id)}/send/m.room.message/${encodeURIComponent(message.id)}`
    const request = {
      method: 'PUT',
      url: `${server}${path}`,
      headers: { 'content-type': 'application/json', authorization: `Bearer ${config.access_token}` },
      body: JSON.stringify({
        msgtype: 'm.text',
        body: messageBody(message, plain, { max: MAX_TEXT_BYTES, withTitle: true }),
        format: 'org.matrix.custom.html',
        formatted_body: messageBody(message, html, { max: MAX_TEXT_BYTES, withTitle: true }).replaceAll('\n', '<br>'),
        // Empty: no one is called by what the text says, @room neither.
        'm.mentions': {},
      }),
    } as const
    return deliver(wire, request, signal, secretsOf('matrix', config), (answer) => {
      const { errcode, retry_after_ms, event_id } = answer.json
      if (answer.status === 200) return typeof event_id === 'string' ? sent(answer, event_id) : failed(answer)
      if (answer.status === 429) return failed(answer, typeof retry_after_ms === 'number' ? retry_after_ms : undefined)
      if (errcode === 'M_FORBIDDEN') return refused(answer, 'does not let this account write to the room; let it join first')
      if (errcode === 'M_UNKNOWN_TOKEN' || errcode === 'M_MISSING_TOKEN') return refused(answer, 'does not know the access token any more')
      return typeof errcode === 'string' && temporary.has(errcode) ? failed(answer) : undefined
    })
  },
}
