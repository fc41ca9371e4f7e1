import { jsonOf, type Peer, startPeer, textOf } from './peer.ts'

export const APPRISE_KEY = 'signalbox'

const NOTHING_THERE = { status: 204, isAccepted: false }

/** An Apprise API: https://github.com/caronc/apprise-api */
export function startApprisePeer(): Promise<Peer> {
  return startPeer((request) => {
    const [, inPath] = /^\/notify(?:\/([\w-]*))?\/?$/.exec(request.path) ?? []
    // Newer clients keep the key out of the path.
    const key = inPath || String(request.headers['x-apprise-config-id'] ?? '')
    if (!/^\/notify(\/|$)/.test(request.path) || request.method !== 'POST') return { status: 404, body: '' }
    const message = jsonOf(request)
    if (message === undefined) return { status: 400, body: { error: 'Invalid JSON specified' } }
    if (textOf(message.body) === '') return { status: 400, body: { error: 'Bad Request: payload lacks minimum requirements' } }
    if (!['info', 'success', 'warning', 'failure'].includes(textOf(message.type) || 'info'))
      return { status: 400, body: { error: 'Invalid type' } }
    if (!['text', 'markdown', 'html'].includes(textOf(message.format) || 'text')) return { status: 400, body: { error: 'Invalid format' } }
    if (key !== '') return key === APPRISE_KEY ? { status: 200, body: { error: '' } } : NOTHING_THERE
    const urls = textOf(message.urls)
      .split(/[\s,]+/)
      .filter((url) => url !== '')
    if (urls.length === 0) return NOTHING_THERE
    return urls.every((url) => /^\w+:\/\//.test(url))
      ? { status: 200, body: { error: '' } }
      : { status: 424, body: { error: 'failed to notify' } }
  })
}
