import { jsonOf, type Peer, type PeerResponse, startPeer, textOf } from './peer.ts'

export const MATRIX_TOKEN = 'syt_c2lnbmFs_peer_token'
export const MATRIX_ROOM = '!room:peer.example'

export interface MatrixPeer extends Peer {
  /** The events of the room, by transaction. */
  readonly events: Map<string, { id: string; content: Record<string, unknown> }>
}

/** The client-server API of a homeserver: https://spec.matrix.org/latest/client-server-api/ */
export async function startMatrixPeer(): Promise<MatrixPeer> {
  const events: MatrixPeer['events'] = new Map()
  const peer = await startPeer((request) => {
    if (request.headers.authorization === undefined) return refuse(401, 'M_MISSING_TOKEN', 'Missing access token')
    if (request.headers.authorization !== `Bearer ${MATRIX_TOKEN}`) return refuse(401, 'M_UNKNOWN_TOKEN', 'Unrecognised access token')
    const path = decodeURIComponent(new URL(request.path, 'http://peer').pathname).replace(/^\/_matrix\/client\/(v3|r0)/, '')
    if (path === '/account/whoami') return { status: 200, body: { user_id: '@bot:peer.example', device_id: 'PEER' } }
    if (path === '/joined_rooms') return { status: 200, body: { joined_rooms: [MATRIX_ROOM] } }
    if (path.startsWith('/join/') || /^\/rooms\/[^/]+\/join$/.test(path)) return { status: 200, body: { room_id: MATRIX_ROOM } }
    const [, room, transaction] = /^\/rooms\/([^/]+)\/send\/m\.room\.message\/([^/]+)$/.exec(path) ?? []
    if (transaction === undefined || request.method !== 'PUT') return refuse(404, 'M_UNRECOGNIZED', 'Unrecognized request')
    if (room !== MATRIX_ROOM) return refuse(403, 'M_FORBIDDEN', 'User not in room')
    if (request.bytes.length > 65_536) return refuse(413, 'M_TOO_LARGE', 'event too large')
    const content = jsonOf(request)
    if (content === undefined) return refuse(400, 'M_NOT_JSON', 'Content not JSON.')
    if (textOf(content.msgtype) === '' || typeof content.body !== 'string') return refuse(400, 'M_BAD_JSON', 'Missing msgtype or body')
    const known = events.get(transaction)
    const event = known ?? { id: `$event${events.size}`, content }
    events.set(transaction, event)
    return { status: 200, body: { event_id: event.id } }
  })
  return { ...peer, events }
}

const refuse = (status: number, errcode: string, error: string): PeerResponse => ({ status, body: { errcode, error } })
