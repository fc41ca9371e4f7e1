import { NotFoundError } from '@signalbox/client'
import { hubUrl } from '../ui/hub-url.ts'
import { t } from '../words/hub.ts'
import { browserName, type PushState, toPushState } from './push-state.ts'
import { wholeHub } from './whole-hub.ts'

/** Web push of this browser: it shows the hub's messages while no page is open. */

/** A reason in words, for people. */
class PushError extends Error {}

export interface SubscribedBrowser {
  readonly id: string
  readonly name: string
  /** When it was last notified. */
  readonly lastOkAt: string | undefined
  readonly isThis: boolean
}

export interface BrowserPush {
  readonly state: PushState
  /** Every browser that is subscribed, as far as this one may know of it. */
  readonly browsers: readonly SubscribedBrowser[]
}

/** How it is in this browser, by what the hub knows of it. */
export async function readBrowserPush(signal: AbortSignal): Promise<BrowserPush> {
  const subscription = await currentSubscription()
  const id = subscription === undefined ? undefined : await idOf(subscription)
  const browsers = (await wholeHub.listPushSubscriptions({ signal })).map(({ subscription_id, browser, last_ok_at }) => ({
    id: subscription_id,
    name: browser,
    lastOkAt: last_ok_at,
    isThis: subscription_id === id,
  }))
  return { state: toPushState({ ...browserFacts(), isSubscribed: browsers.some(({ isThis }) => isThis) }), browsers }
}

/** Asks for the permission, subscribes, and gives the subscription to the hub. */
export async function subscribeBrowser(): Promise<void> {
  if ((await Notification.requestPermission()) !== 'granted') {
    throw new PushError(t.thisBrowserWasNot)
  }
  await navigator.serviceWorker.register(`${hubUrl}/service-worker.js`, { scope: `${hubUrl}/` })
  const { pushManager } = await navigator.serviceWorker.ready
  const { key } = await wholeHub.getPushKey()
  const { endpoint, keys } = (await subscribe(pushManager, key)).toJSON()
  const { p256dh, auth } = keys ?? {}
  if (endpoint === undefined || p256dh === undefined || auth === undefined) throw new PushError(t.thisBrowserGaveNo)
  await wholeHub.createPushSubscription({ endpoint, keys: { p256dh, auth }, browser: browserName(navigator.userAgent) })
}

export async function unsubscribeBrowser(): Promise<void> {
  const subscription = await currentSubscription()
  if (subscription === undefined) return
  try {
    await wholeHub.removePushSubscription(await idOf(subscription))
  } catch (error) {
    // Someone has removed its channel.
    if (!(error instanceof NotFoundError)) throw error
  }
  await subscription.unsubscribe()
}

/** A subscription belongs to one key: after the hub has got another one, the browser needs another subscription. */
async function subscribe(manager: PushManager, key: string): Promise<PushSubscription> {
  const known = await manager.getSubscription()
  if (known !== null && toBase64url(known.options.applicationServerKey) !== key.replace(/=+$/, '')) await known.unsubscribe()
  try {
    return await manager.subscribe({ userVisibleOnly: true, applicationServerKey: key })
  } catch (error) {
    throw new PushError(
      t.thisBrowserCouldNot(error instanceof Error ? ` (${error.message.replace(/\.$/, '')})` : '') + t.someBrowsersHaveNone,
    )
  }
}

async function currentSubscription(): Promise<PushSubscription | undefined> {
  if (!('serviceWorker' in navigator) || !('PushManager' in window)) return undefined
  const registration = await navigator.serviceWorker.getRegistration(`${hubUrl}/`)
  return (await registration?.pushManager.getSubscription()) ?? undefined
}

function browserFacts() {
  // iPadOS calls itself a Mac.
  const isTouchMac = /Macintosh/.test(navigator.userAgent) && navigator.maxTouchPoints > 1
  return {
    isSecure: isSecureContext,
    hasServiceWorker: 'serviceWorker' in navigator,
    hasPushManager: 'PushManager' in window,
    permission: 'Notification' in window ? Notification.permission : undefined,
    isAppleTouch: isTouchMac || /iPhone|iPad|iPod/.test(navigator.userAgent),
    isStandalone: matchMedia('(display-mode: standalone)').matches,
  }
}

/** The id by which the hub knows a subscription: SHA-256 of its address. */
async function idOf({ endpoint }: PushSubscription): Promise<string> {
  const hash = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(endpoint))
  return [...new Uint8Array(hash)].map((byte) => byte.toString(16).padStart(2, '0')).join('')
}

function toBase64url(bytes: ArrayBuffer | null): string {
  if (bytes === null) return ''
  return btoa(String.fromCharCode(...new Uint8Array(bytes)))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replace(/=+$/, '')
}
