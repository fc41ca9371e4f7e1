import fs from 'node:fs'
import vm from 'node:vm'
import { beforeEach, expect, test } from 'vitest'

const code = fs.readFileSync(new URL('../../public/push-worker.js', import.meta.url), 'utf8')
const SCOPE = 'https://example.com/signalbox/'

interface Shown {
  readonly title: string
  readonly tag: string
  readonly body: string
  readonly requireInteraction: boolean
  readonly actions: readonly { readonly action: string; readonly title: string }[]
  readonly data: object
}

/** What a browser gives a service worker, as far as this one uses it; only a browser has the real thing. */
let shown: Shown[]
let opened: string[]
let requests: string[]
let isAccepted: boolean
let listeners: Map<string, (event: object) => void>

beforeEach(() => {
  ;[shown, opened, requests] = [[], [], []]
  isAccepted = true
  listeners = new Map()
  const self = {
    addEventListener: (type: string, listener: (event: object) => void) => listeners.set(type, listener),
    registration: { scope: SCOPE, showNotification: (title: string, options: Omit<Shown, 'title'>) => shown.push({ title, ...options }) },
    clients: { matchAll: async () => [], openWindow: async (url: string) => void opened.push(url) },
  }
  const fetch = async (url: string, init: { readonly method: string }) => {
    requests.push(`${init.method} ${url}`)
    return { ok: isAccepted }
  }
  const kept = new Map<string, string>()
  const cache = { put: async (key: string, response: { readonly text: string }) => void kept.set(key, response.text) }
  const caches = { open: async () => cache, match: async (key: string) => kept.has(key) && { text: async () => kept.get(key) } }
  class Response {
    readonly text: string
    constructor(text: string) {
      this.text = text
    }
  }
  vm.runInNewContext(code, { self, fetch, URL, caches, Response })
})

async function dispatch(type: string, event: object): Promise<void> {
  const waits: Promise<unknown>[] = []
  listeners.get(type)?.({ ...event, waitUntil: (wait: Promise<unknown>) => waits.push(wait) })
  await Promise.all(waits)
}

const push = (payload: object | undefined) =>
  dispatch('push', { data: payload === undefined ? { json: () => JSON.parse('no JSON') } : { json: () => payload } })
const click = (data: object, action = '') => dispatch('notificationclick', { action, notification: { data, close: () => {} } })

test('a message is shown with its tag; a critical one stays until a person has seen it', async () => {
  await push({
    title: 'Session stalled',
    body: 'on laptop',
    tag: 't1',
    severity: 'critical',
    over: false,
    acknowledge_url: 'https://h/a/x',
  })
  await push({ title: 'Over', body: '', tag: 't1', severity: 'critical', over: true })
  expect(shown).toMatchObject([
    { title: 'Session stalled', body: 'on laptop', tag: 't1', requireInteraction: true, actions: [{ action: 'acknowledge' }] },
    { title: 'Over', tag: 't1', requireInteraction: false, actions: [] },
  ])
})

test('a message that cannot be read is shown too', async () => {
  await push(undefined)
  expect(shown).toMatchObject([{ title: 'Signalbox', actions: [] }])
})

test('a click opens the page of the alert at the address that this browser knows', async () => {
  await click({ url: 'http://127.0.0.1:4000/app/alerts/a_1' })
  await click({})
  expect(opened).toEqual([`${SCOPE}app/alerts/a_1`, `${SCOPE}app/alerts`])
})

test('a session is answered from its notification: on the page that its button leads to', async () => {
  const action = { label: 'Answer', url: 'https://hub.example/q/token.1' }
  await push({ title: 'Waiting', body: '', tag: 't1', severity: 'warning', over: false, acknowledge_url: 'https://h/a/x', action })
  expect(shown[0]!.actions.map((one) => one.action)).toEqual(['act', 'acknowledge'])
  await click(shown[0]!.data, 'act')
  await click({ action_url: 'http://127.0.0.1:4000/app/sessions/s_1' }, 'act')
  expect([requests, opened]).toEqual([[], [`${SCOPE}q/token.1`, `${SCOPE}app/sessions/s_1`]])
})

test('the action acknowledges at once, and opens the page of the link where that does not work', async () => {
  const data = { url: `${SCOPE}app/alerts/a_1`, acknowledge_url: 'https://hub.example/a/token.1' }
  await click(data, 'acknowledge')
  expect([requests, opened]).toEqual([[`POST ${SCOPE}a/token.1`], []])
  isAccepted = false
  await click(data, 'acknowledge')
  expect(opened).toEqual([`${SCOPE}a/token.1`])
})

test('its own words are in the language of the page that was open last', async () => {
  const urgent = { title: 'Sitzung', body: '', tag: '', severity: 'info', over: false, acknowledge_url: 'https://h/a/x' }
  await push(urgent)
  await dispatch('message', { data: { language: 'de' } })
  await push(urgent)
  await push(undefined)
  await dispatch('message', { data: { language: 'xx' } })
  await push(urgent)
  expect(shown.map(({ actions, body }) => actions[0]?.title ?? body)).toEqual([
    'Acknowledge',
    'Bestätigen',
    'Öffne die Seite, um ihre Alarme zu sehen.',
    'Bestätigen',
  ])
})
