// Shows the hub's web push messages, also while no page is open. A part of service-worker.js; by itself it is the worker of browsers
// that subscribed before there was that one.

/** @typedef {{ title: string, body: string, tag: string, severity: string, over: boolean, url?: string, acknowledge_url?: string, action?: { label: string, url: string } }} Payload */

self.addEventListener('install', () => self.skipWaiting())
self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim()))
self.addEventListener('push', (event) => event.waitUntil(show(event.data)))
self.addEventListener('notificationclick', (event) => event.waitUntil(open(event)))
self.addEventListener('pushsubscriptionchange', (event) => event.waitUntil(subscribeAnew(event)))

/** The hub writes its messages; these are the words of this worker, in the language of the page that was open last. */
const words = {
  en: { open: 'Open the page to see its alerts.', acknowledge: 'Acknowledge' },
  de: { open: 'Öffne die Seite, um ihre Alarme zu sehen.', acknowledge: 'Bestätigen' },
}

/** A page says its language, because a worker cannot read what it has stored. */
self.addEventListener('message', (event) => {
  if (event.data?.language in words)
    event.waitUntil(caches.open('signalbox-language').then((cache) => cache.put('language', new Response(event.data.language))))
})

async function wordsOfPage() {
  try {
    const kept = await caches.match('language', { cacheName: 'signalbox-language' })
    return words[await kept?.text()] ?? words.en
  } catch {
    return words.en
  }
}

/** A browser that shows nothing for a message may take the permission away, so an unreadable one is shown too. */
async function show(data) {
  const { open, acknowledge } = await wordsOfPage()
  const { title, body, tag, severity, over, url, acknowledge_url, action } = read(data, open)
  const isUrgent = severity === 'critical' && !over
  return self.registration.showNotification(title, {
    body,
    // The same for all that is about one alert: its end replaces its beginning.
    tag,
    renotify: tag !== '' && !over,
    requireInteraction: isUrgent,
    icon: new URL('icon-192.png', self.registration.scope).href,
    data: { url, acknowledge_url, action_url: action?.url },
    // The first ones are shown where there is no room for all.
    actions: [
      ...(action === undefined ? [] : [{ action: 'act', title: action.label }]),
      ...(acknowledge_url === undefined ? [] : [{ action: 'acknowledge', title: acknowledge }]),
    ],
  })
}

/** @returns {Payload} */
function read(data, open) {
  const unreadable = { title: 'Signalbox', body: open, tag: 'signalbox', severity: 'info', over: false }
  try {
    return { ...unreadable, ...data?.json() }
  } catch {
    return unreadable
  }
}

async function open({ notification, action }) {
  const { url, acknowledge_url, action_url } = notification.data ?? {}
  notification.close()
  if (action === 'acknowledge' && acknowledge_url !== undefined && (await use(ownAddress(acknowledge_url)))) return
  const address = ownAddress(action === 'acknowledge' ? acknowledge_url : action === 'act' ? action_url : url)
  const pages = await self.clients.matchAll({ type: 'window', includeUncontrolled: true })
  const page = pages.find((one) => one.url.startsWith(`${self.registration.scope}app`))
  const isOfApp = address.startsWith(`${self.registration.scope}app`)
  if (page !== undefined && isOfApp) {
    try {
      const shown = await page.focus()
      if (shown.url !== address) await shown.navigate(address)
      return
    } catch {
      // The page is not this worker's yet, or the browser lets it focus nothing: a new one does as well.
    }
  }
  await self.clients.openWindow(address)
}

/** Uses a link that works once. The click was the confirmation that its page would ask for. */
async function use(address) {
  try {
    return (await fetch(address, { method: 'POST' })).ok
  } catch {
    return false
  }
}

/** The address below which this browser knows the hub: messages may name another one, such as that of a proxy. */
function ownAddress(url) {
  const { scope } = self.registration
  const [, rest = 'app/alerts'] = /\/((?:app|a|b|q)\/.*)$/.exec(url ?? '') ?? []
  return new URL(rest, scope).href
}

/** The push service has given this browser another address. */
async function subscribeAnew({ oldSubscription, newSubscription }) {
  const options = oldSubscription?.options
  const subscription = newSubscription ?? (options && (await self.registration.pushManager.subscribe(options)))
  if (!subscription) return
  const { endpoint, keys } = subscription.toJSON()
  await fetch(new URL('api/push/subscriptions', self.registration.scope), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ endpoint, keys }),
  })
}
