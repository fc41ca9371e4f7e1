import { createHash } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'

const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11'

export interface TextSocket {
  send(text: string): void
}

/** Answers the handshake of a WebSocket and passes its texts on: RFC 6455, as far as a push client needs it. */
export function acceptWebSocket(request: IncomingMessage, stream: Duplex, receive: (text: string, socket: TextSocket) => void): void {
  const accept = createHash('sha1').update(`${request.headers['sec-websocket-key']}${GUID}`).digest('base64')
  const protocol = request.headers['sec-websocket-protocol']
  const lines = [
    'HTTP/1.1 101 Switching Protocols',
    'upgrade: websocket',
    'connection: Upgrade',
    `sec-websocket-accept: ${accept}`,
    ...(protocol === undefined ? [] : [`sec-websocket-protocol: ${protocol.split(',')[0]?.trim()}`]),
  ]
  stream.write(`${lines.join('\r\n')}\r\n\r\n`)
  const socket = { send: (text: string) => void stream.write(frame(1, Buffer.from(text))) }
  let buffered = Buffer.alloc(0)
  stream.on('error', () => stream.destroy())
  stream.on('data', (data: Buffer) => {
    buffered = Buffer.concat([buffered, data])
    for (let found = readFrame(buffered); found !== undefined; found = readFrame(buffered)) {
      buffered = buffered.subarray(found.length)
      if (found.opcode === 8) stream.end()
      else if (found.opcode === 9) stream.write(frame(10, found.payload))
      else if (found.opcode === 1) receive(found.payload.toString(), socket)
    }
  })
}

function readFrame(bytes: Buffer): { opcode: number; payload: Buffer; length: number } | undefined {
  if (bytes.length < 6) return undefined
  const short = bytes[1]! & 0x7f
  const start = short === 126 ? 4 : short === 127 ? 10 : 2
  if (bytes.length < start + 4) return undefined
  const size = short === 126 ? bytes.readUInt16BE(2) : short === 127 ? Number(bytes.readBigUInt64BE(2)) : short
  if (bytes.length < start + 4 + size) return undefined
  // A client masks what it sends.
  const mask = bytes.subarray(start, start + 4)
  const payload = bytes.subarray(start + 4, start + 4 + size).map((byte, index) => byte ^ mask[index % 4]!)
  return { opcode: bytes[0]! & 0x0f, payload: Buffer.from(payload), length: start + 4 + size }
}

function frame(opcode: number, payload: Buffer): Buffer {
  const { length } = payload
  const header = length < 126 ? Buffer.from([0x80 | opcode, length]) : Buffer.from([0x80 | opcode, 126, length >> 8, length & 0xff])
  return Buffer.concat([header, payload])
}
