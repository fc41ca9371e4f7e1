import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import http, { type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import { newVapidKeys, webPush } from '../../../apps/hub/src/alert/channel/web-push.ts'
import { repositoryRoot } from '../../support/repository.ts'
import { makeTempFolder, removeFolder } from '../../support/temp.ts'
import { aMessage, anItem, hostileTexts } from '../message.ts'
import { wireForTests } from '../peer-wire.ts'
import type { PeerSubscription } from '../push-service.ts'
import { type Checks, until } from './check.ts'
import { endProgram, startProgram } from './programs.ts'
import { acceptWebSocket, type TextSocket } from './websocket.ts'

interface Shown {
  readonly text: string
  readonly notifications: readonly { readonly title: string; readonly body: string; readonly tag: string }[]
}

/** The worker of the page, where there is one in this checkout. */
const pushWorker = path.join(repositoryRoot, 'apps/dashboard/public/push-worker.js')
const ownWorker = `
self.addEventListener('push', (event) => {
  const { title, body, tag } = event.data.json()
  event.waitUntil(self.registration.showNotification(title, { body, tag }))
})`
/** Reports what the worker could decrypt, and which notifications are shown. */
const reporter = `
self.addEventListener('push', (event) => {
  const text = event.data.text()
  event.waitUntil((async () => {
    const { title } = JSON.parse(text)
    let shown = []
    for (let tries = 0; tries < 50 && !shown.some((one) => one.title === title); tries += 1) {
      await new Promise((resolve) => setTimeout(resolve, 100))
      shown = await self.registration.getNotifications()
    }
    const notifications = shown.map(({ title, body, tag }) => ({ title, body, tag }))
    await fetch('/shown', { method: 'POST', body: JSON.stringify({ text, notifications }) })
  })())
})`
const page = (key: string) => `<!doctype html><title>push</title><script type="module">
try {
  // A subscription that is asked for before Firefox has started its push client is lost, without an answer.
  while ((await (await fetch('/ready')).text()) !== 'yes') await new Promise((resolve) => setTimeout(resolve, 200))
  const registration = await navigator.serviceWorker.register('/worker.js')
  await navigator.serviceWorker.ready
  const subscription = await registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: '${key}' })
  await fetch('/subscribed', { method: 'POST', body: JSON.stringify(subscription) })
} catch (error) {
  await fetch('/failed', { method: 'POST', body: String(error) })
}
</script>`

/** A stock Firefox, without a window, subscribes at a push service of our own, and its worker must decrypt and show what our kind sends. */
export async function proveWithFirefox(checks: Checks, firefox: string): Promise<void> {
  const vapid = { ...(await newVapidKeys()), subject: 'mailto:ops@example.com' }
  const shown: Shown[] = []
  let subscription: PeerSubscription | undefined
  let failure: string | undefined
  const service = await startAutopush(async (request, response) => {
    const body = await textOf(request)
    if (request.url === '/subscribed') subscription = pick(JSON.parse(body) as PeerSubscription)
    if (request.url === '/failed') failure = body
    if (request.url === '/ready') return void response.end(service.isConnected() ? 'yes' : 'no')
    if (request.url === '/shown') shown.push(JSON.parse(body) as Shown)
    const [type, content] = resources(request.url ?? '', vapid.publicKey)
    response.writeHead(200, { 'content-type': type, 'cache-control': 'no-store' })
    response.end(content)
  })
  const profile = makeTempFolder()
  writeFileSync(path.join(profile, 'user.js'), preferences(service.origin.replace('http:', 'ws:')))
  const child = startProgram(firefox, ['--headless', '--no-remote', '--profile', profile, `${service.origin}/`], {
    MOZ_CRASHREPORTER_DISABLE: '1',
    HOME: profile,
  })
  child.stdout?.resume()
  const kind = webPush(async () => vapid)
  const send = (message = aMessage()) =>
    kind.send(message, { subscriptions: subscription === undefined ? [] : [subscription] }, wireForTests(), new AbortController().signal)
  const nextShown = async (count: number) => until('a notification', () => shown[count - 1], 30_000)
  try {
    await until('the subscription of Firefox', () => subscription !== undefined || failure !== undefined || undefined, 150_000)
    checks.check('web push: Firefox subscribes', subscription !== undefined, failure)
    if (subscription === undefined) return
    const sent = await send()
    const first = await nextShown(1)
    checks.check(
      'web push: Firefox decrypts and shows a message',
      sent.outcome === 'sent' && first.notifications[0]?.title === 'Session failed: Fix login',
      first,
    )
    await send()
    const again = await nextShown(2)
    checks.check('web push: a repeat leaves one notification', again.notifications.length === 1, again)
    await send(aMessage({ id: 'closed', title: 'Session is over', items: [anItem({ what: 'closed' })] }))
    const closed = await nextShown(3)
    checks.check(
      'web push: the end of an alert replaces its beginning',
      closed.notifications.length === 1 && closed.notifications[0]?.title === 'Session is over',
      closed,
    )
    for (const [index, summary] of hostileTexts.entries()) {
      const outcome = await send(
        aMessage({ id: `h${index}`, title: `${index} ${summary}`, items: Array.from({ length: 10 }, () => anItem({ summary })), more: 9 }),
      )
      const { text } = await nextShown(4 + index)
      if (outcome.outcome !== 'sent' || !text.includes(`"title":"${index}`))
        checks.check(`web push: Firefox shows hostile text ${index}`, false, { outcome, text })
    }
    checks.check('web push: Firefox decrypts whatever others wrote', shown.length === 3 + hostileTexts.length, shown.length)
    service.forget()
    const gone = await send()
    checks.check('web push: a subscription that is gone is refused', gone.outcome === 'refused' && gone.gone === true, gone)
  } catch (error) {
    checks.check('web push: Firefox', false, String(error))
  } finally {
    await endProgram(child)
    await service.close()
    removeFolder(profile)
  }
}

const pick = ({ endpoint, keys }: PeerSubscription) => ({ endpoint, keys: { p256dh: keys.p256dh, auth: keys.auth } })

function resources(url: string, key: string): readonly [string, string] {
  if (url === '/') return ['text/html', page(key)]
  if (url !== '/worker.js') return ['text/plain', '']
  return ['text/javascript', (existsSync(pushWorker) ? readFileSync(pushWorker, 'utf8') : ownWorker) + reporter]
}

/** What a person would click, what needs the internet, and where the push service is. */
function preferences(pushServer: string): string {
  const values = {
    'dom.push.serverURL': `${pushServer}/`,
    'dom.push.testing.allowInsecureServerURL': true,
    'dom.push.testing.ignorePermission': true,
    'permissions.default.desktop-notification': 1,
    'alerts.useSystemBackend': false,
    'network.manage-offline-status': false,
    'network.connectivity-service.enabled': false,
    'network.captive-portal-service.enabled': false,
    // Nothing leaves this machine: what is not on it goes to a port where no one listens.
    'network.proxy.type': 1,
    'network.proxy.http': '127.0.0.1',
    'network.proxy.http_port': 9,
    'network.proxy.ssl': '127.0.0.1',
    'network.proxy.ssl_port': 9,
    'browser.region.network.url': '',
    'browser.newtabpage.enabled': false,
    'browser.aboutwelcome.enabled': false,
    'app.normandy.enabled': false,
    'app.update.enabled': false,
    'browser.shell.checkDefaultBrowser': false,
    'browser.startup.homepage_override.mstone': 'ignore',
    'browser.safebrowsing.update.enabled': false,
    'datareporting.policy.dataSubmissionEnabled': false,
    'extensions.update.enabled': false,
    'extensions.systemAddon.update.enabled': false,
    'services.settings.server': 'http://127.0.0.1:9/',
    'toolkit.telemetry.server': 'http://127.0.0.1:9/',
    'termsofuse.acceptedVersion': 999,
    'termsofuse.bypassNotification': true,
  }
  return Object.entries(values)
    .map(([name, value]) => `user_pref(${JSON.stringify(name)}, ${JSON.stringify(value)});\n`)
    .join('')
}

interface Autopush {
  readonly origin: string
  /** A Firefox has introduced itself. */
  isConnected(): boolean
  /** All subscriptions are gone. */
  forget(): void
  close(): Promise<void>
}

/** The push service that a Firefox connects to by WebSocket, as Mozilla's own; everything else is for the page. */
async function startAutopush(servePage: (request: IncomingMessage, response: ServerResponse) => Promise<void>): Promise<Autopush> {
  const channels = new Map<string, { readonly id: string; readonly socket: TextSocket }>()
  let isConnected = false
  const server = http.createServer(async (request, response) => {
    if (!request.url?.startsWith('/push/')) return servePage(request, response)
    const data = await bytesOf(request)
    const channel = channels.get(request.url)
    response.writeHead(channel === undefined ? 410 : 201, { location: `${origin}/message/1` })
    response.end()
    const headers = { encoding: request.headers['content-encoding'], topic: request.headers.topic }
    channel?.socket.send(
      JSON.stringify({
        messageType: 'notification',
        channelID: channel.id,
        version: randomUUID(),
        data: data.toString('base64url'),
        headers,
      }),
    )
  })
  server.on('upgrade', (request, stream) => {
    acceptWebSocket(request, stream, (text, socket) => {
      const message = JSON.parse(text) as { messageType?: string; uaid?: string; channelID?: string }
      const answer = (fields: object) => socket.send(JSON.stringify({ messageType: message.messageType, status: 200, ...fields }))
      isConnected ||= message.messageType === 'hello'
      if (message.messageType === 'hello')
        answer({ uaid: message.uaid || randomUUID().replaceAll('-', ''), use_webpush: true, broadcasts: {} })
      if (message.messageType === 'unregister') answer({ channelID: message.channelID })
      if (text === '{}' || message.messageType === 'ping') socket.send('{}')
      if (message.messageType === 'register') {
        const place = `/push/${randomUUID()}`
        channels.set(place, { id: message.channelID ?? '', socket })
        answer({ channelID: message.channelID, pushEndpoint: origin + place })
      }
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    origin,
    isConnected: () => isConnected,
    forget: () => channels.clear(),
    close: async () => {
      server.closeAllConnections()
      server.close()
    },
  }
}

async function bytesOf(request: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = []
  for await (const part of request as AsyncIterable<Buffer>) parts.push(part)
  return Buffer.concat(parts)
}
const textOf = async (request: IncomingMessage) => (await bytesOf(request)).toString()
