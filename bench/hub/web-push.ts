import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { CDPSession, Page } from 'playwright-core'
import { launch } from '../../test/browser/harness.ts'
import { followShownNotifications } from '../../test/browser/shown-notifications.ts'
import { type PeerSubscription, type PushService, startPushService } from '../../test/peers/push-service.ts'
import { median, milliseconds, type Row } from '../table.ts'
import { ask } from './ask.ts'
import { type RunningHub, startHub } from './hub-process.ts'

const ROUNDS = 10
const TARGET_MS = 3_000
const LONGEST_ROUND_MS = 20_000
/** Longer than the default of ALERT_GROUP_MS: each round is a first message. */
const PAUSE_MS = 10_500
const LOOK_MS = 20

/**
 * A session waits for permission: from the observation that says so to the notification that Chromium shows. The hub encrypts and
 * sends to a push service of our own, which decrypts; Chromium gets it from there through its debugger, because it takes messages
 * of its maker's service alone.
 */
export async function waitingToWebPush(folder: string): Promise<Row> {
  const row = {
    what: 'waiting for permission → shown by a browser with web push, default settings',
    reference: 'the observation of the session',
    target: '≤ 3 s',
  }
  const [hub, service, browser] = [await startHub(folder), await startPushService(), await launch({ whole: true })]
  try {
    const { key } = await ask<{ key: string }>(hub, 'GET', '/api/push/key')
    const subscription = service.subscribe(key)
    await ask(hub, 'POST', '/api/push/subscriptions', { ...subscription, browser: 'Chromium' })
    await ask(hub, 'PUT', '/api/alert-rules/session_waiting', { parameters: { after_ms: 0, for: 'permission' } })
    const context = await browser.newContext({ permissions: ['notifications'] })
    const page = await context.newPage()
    await page.goto(`${hub.url}/app/`)
    const session = await context.newCDPSession(page)
    const shown = await followShownNotifications(session)
    const deliver = await registerWorker(page, session, hub.url)
    const delays: number[] = []
    for (let round = 0; round < ROUNDS; round++) {
      const seen = new Set(textsOf(service, subscription))
      const began = performance.now()
      const waiting = observeWaiting(hub)
      const text = await firstOf(() => textsOf(service, subscription).find((one) => !seen.has(one)), 'the message at the push service')
      await deliver(text)
      const { title } = JSON.parse(text) as { title: string }
      await firstOf(() => (shown.includes(title) ? true : undefined), 'the notification')
      delays.push(performance.now() - began)
      await waiting
      await sleep(PAUSE_MS)
    }
    const worst = Math.max(...delays)
    return {
      ...row,
      measured: `median ${milliseconds(median(delays))}, worst of ${ROUNDS} ${milliseconds(worst)}`,
      reached: worst <= TARGET_MS,
    }
  } finally {
    await browser.close()
    await service.close()
    await hub.stop()
  }
}

function observeWaiting(hub: RunningHub): Promise<unknown> {
  const observation = {
    observation_id: randomUUID(),
    session_id: randomUUID(),
    source: 'hook',
    at: new Date().toISOString(),
    project_id: 'shop',
    alive: true,
    activity: 'waiting',
    waiting_for: 'permission',
    event: { kind: 'waiting' },
  }
  return ask(hub, 'POST', '/sessions/observations', { machine_id: 'laptop', observations: [observation] })
}

function textsOf(service: PushService, subscription: PeerSubscription): string[] {
  return service.waiting(subscription).map(({ text }) => text)
}

/** @returns how a message reaches the worker of the page */
async function registerWorker(page: Page, session: CDPSession, origin: string): Promise<(data: string) => Promise<unknown>> {
  const registered = new Promise<string>((resolve) =>
    session.on('ServiceWorker.workerRegistrationUpdated', ({ registrations: [first] }) => {
      if (first !== undefined) resolve(first.registrationId)
    }),
  )
  await session.send('ServiceWorker.enable')
  await page.evaluate(
    "navigator.serviceWorker.register('/service-worker.js', { scope: '/' }).then(() => navigator.serviceWorker.ready).then(() => true)",
  )
  const registrationId = await registered
  return (data) => session.send('ServiceWorker.deliverPushMessage', { origin, registrationId, data })
}

async function firstOf<T>(look: () => T | undefined | Promise<T | undefined>, what: string): Promise<T> {
  const until = performance.now() + LONGEST_ROUND_MS
  for (;;) {
    const found = await look()
    if (found !== undefined) return found
    if (performance.now() > until) throw new Error(`${what} did not come within ${LONGEST_ROUND_MS / 1000} s`)
    await sleep(LOOK_MS)
  }
}
