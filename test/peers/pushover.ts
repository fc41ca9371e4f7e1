import { charactersOf, jsonOf, type Peer, type PeerResponse, startPeer, textOf } from './peer.ts'

export const PUSHOVER_TOKEN = 'azGDORePK8gMaC0QOYAMyEEuzJnyUi'
export const PUSHOVER_USER = 'uQiRzpo4DXghDmr9QzzfQu27cmVRsG'

export interface PushoverPeer extends Peer {
  /** Tags of emergencies that still sound. */
  readonly sounding: Set<string>
}

/** https://pushover.net/api */
export async function startPushoverPeer(): Promise<PushoverPeer> {
  const sounding = new Set<string>()
  const peer = await startPeer((request) => {
    const fields = jsonOf(request) ?? {}
    const token = textOf(fields.token)
    if (token !== PUSHOVER_TOKEN) return refuse({ token: 'invalid' }, 'application token is invalid, see https://pushover.net/api')
    const [, tag] = /^\/1\/receipts\/cancel_by_tag\/([^/]+)\.json$/.exec(request.path) ?? []
    if (tag !== undefined) return { status: 200, body: { status: 1, canceled: sounding.delete(tag) ? 1 : 0, request: 'r' } }
    if (request.path !== '/1/messages.json') return { status: 404, body: '' }
    if (fields.user !== PUSHOVER_USER)
      return refuse({ user: 'invalid' }, 'user identifier is not a valid user, group, or subscribed user key')
    const [problem] = problems(fields)
    if (problem !== undefined) return refuse({}, problem)
    if (Number(fields.priority) === 2) for (const one of textOf(fields.tags).split(',')) sounding.add(one)
    return { status: 200, body: { status: 1, request: 'r-1', ...(Number(fields.priority) === 2 ? { receipt: 'receipt-1' } : {}) } }
  })
  return { ...peer, sounding }
}

const refuse = (fields: object, error: string): PeerResponse => ({
  status: 400,
  body: { ...fields, errors: [error], status: 0, request: 'r-0' },
})

function problems(fields: Record<string, unknown>): string[] {
  const { message, title, url, url_title, retry, expire } = fields
  const priority = Number(fields.priority ?? 0)
  const checks: readonly (readonly [boolean, string])[] = [
    [textOf(message).trim() !== '', 'message cannot be blank'],
    [charactersOf(textOf(message)) <= 1_024, 'message is too long'],
    [charactersOf(textOf(title)) <= 250, 'title is too long'],
    [textOf(url).length <= 512, 'url is too long'],
    [textOf(url_title).length <= 100, 'url title is too long'],
    [Number.isInteger(priority) && priority >= -2 && priority <= 2, 'priority is invalid'],
    [priority !== 2 || Number(retry) >= 30, 'retry must be at least 30 for emergency priority'],
    [priority !== 2 || (Number(expire) > 0 && Number(expire) <= 10_800), 'expire must be at most 10800 for emergency priority'],
  ]
  return checks.filter(([isValid]) => !isValid).map(([, problem]) => problem)
}
