import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { type AlertingHub, openAlertingHub } from './alerting-hub.ts'
import { expectNoViolations, expectNoViolationsWith } from './axe.ts'
import { connectBrowser, launch, requestHub, type Visit, type VisitOptions, visit } from './harness.ts'
import { followShownNotifications } from './shown-notifications.ts'

let hub: AlertingHub
let browser: Browser

beforeAll(async () => {
  ;[hub, browser] = await Promise.all([openAlertingHub(), connectBrowser()])
  // Over is over at once.
  await requestHub(hub, 'PUT', '/api/alert-rules/session_failed', { clear_ms: 0 })
})
afterAll(async () => {
  await browser?.close()
  await hub?.close()
})

async function openPage(address: string, options: VisitOptions = {}): Promise<Visit> {
  const visited = await visit(browser, `${hub.url}${address}`, options)
  onTestFinished(() => visited.context.close())
  await visited.page.locator('.live-dot[data-status="live"]').waitFor()
  return visited
}

const region = (page: Page, name: string) => page.getByRole('region', { name })
const dialog = (page: Page) => page.getByRole('dialog')
const row = (page: Page, summary: string) => page.locator('.alert-row', { hasText: summary })

/** A channel for one test: what is left of it would be in others. */
async function addChannel(name: string): Promise<string> {
  const { channel_id } = await requestHub<{ channel_id: string }>(hub, 'POST', '/api/channels', {
    kind: 'webhook',
    name,
    config: { url: hub.peer.url },
  })
  onTestFinished(() => requestHub(hub, 'DELETE', `/api/channels/${channel_id}`))
  return channel_id
}

/** Closes what a test has opened. */
async function closeAlerts(): Promise<void> {
  for (const { alert_id } of await requestHub<{ alert_id: string }[]>(hub, 'GET', '/api/alerts?state=open&state=clearing'))
    await requestHub(hub, 'POST', `/api/alerts/${alert_id}/close`)
}

test('an alert is on Today and in the title as it opens, is acknowledged and undone, and its page says who was notified', async () => {
  onTestFinished(closeAlerts)
  await addChannel('Team hook')
  const { page, complaints } = await openPage('/app')
  const title = await page.title()
  expect(title).toBe('Today · Signalbox')
  const summary = await hub.failSession('out of memory')
  const panel = region(page, 'Open alerts')
  await panel.getByRole('link', { name: summary }).waitFor()
  await expect.poll(() => page.title()).toBe(`(1) ${title}`)
  await expectNoViolations(page, 'Today')
  await panel.getByRole('button', { name: `Acknowledge: ${summary}` }).click()
  await panel.getByText('Acknowledged just now').waitFor()
  await panel.getByRole('button', { name: `Undo: ${summary}` }).click()
  await panel.getByRole('button', { name: `Acknowledge: ${summary}` }).waitFor()
  await panel.getByRole('link', { name: summary }).click()
  const messages = region(page, 'Messages')
  await messages.getByRole('heading', { name: 'Team hook' }).waitFor()
  await messages.getByText('accepted (204)').first().waitFor()
  await region(page, 'Details').getByText('out of memory').waitFor()
  expect(hub.peer.accepted().flatMap(({ alerts }) => alerts.map((one) => one.summary))).toContain(summary)
  await expectNoViolations(page, 'one alert')
  // It is over when the session goes on.
  const [{ about } = { about: {} }] = await requestHub<{ about: { session_id?: string } }[]>(hub, 'GET', '/api/alerts?state=open')
  await requestHub(hub, 'POST', `/sessions/${about.session_id}/recover`)
  await page.getByText('lasted').waitFor()
  await expect.poll(() => page.title()).not.toMatch(/^\(/)
  expect(complaints.filter((text) => !text.includes('404'))).toEqual([])
})

test('an alert is snoozed and found by keyboard, the filters are in the address, and closing asks once more', async () => {
  onTestFinished(closeAlerts)
  const summary = await hub.failSession('killed')
  const { page } = await openPage('/app/alerts?severity=critical')
  await page.getByText('No alert matches these filters.').waitFor()
  await page.getByRole('button', { name: 'Show all alerts' }).click()
  await row(page, summary).waitFor()
  await page.getByRole('button', { name: /^State: / }).focus()
  await page.keyboard.press('Enter')
  await page.getByRole('option', { name: 'Open' }).click()
  await page.waitForURL(/state=open/)
  await row(page, summary)
    .getByRole('button', { name: /^Snooze/ })
    .focus()
  await page.keyboard.press('Enter')
  await dialog(page).waitFor()
  await expectNoViolationsWith(page, 'dialog')
  await dialog(page).getByLabel('4 hours').press('Space')
  await page.keyboard.press('Enter')
  await row(page, summary).getByText('Snoozed until').waitFor()
  await row(page, summary)
    .getByRole('button', { name: /^End snooze/ })
    .click()
  await row(page, summary)
    .getByRole('button', { name: /^Snooze/ })
    .waitFor()
  await row(page, summary).getByRole('link').click()
  await page.getByRole('button', { name: `Close: ${summary}` }).click()
  await dialog(page).getByRole('button', { name: 'Close the alert' }).click()
  await region(page, 'Details').getByText('by hand').waitFor()
})

test('all messages are paused with an end and a reason, and sent again', async () => {
  onTestFinished(() => requestHub(hub, 'DELETE', '/api/alerts/pause'))
  const { page } = await openPage('/app/alerts')
  await page.getByRole('button', { name: 'Pause all' }).click()
  await dialog(page).getByLabel('Until …').check()
  await dialog(page).getByRole('button', { name: 'Pause' }).click()
  await dialog(page).getByText('Choose a time to come.').waitFor()
  await dialog(page).getByLabel('1 hour').check()
  await dialog(page).getByLabel('Reason (optional)').fill('maintenance')
  await dialog(page).getByRole('button', { name: 'Pause' }).click()
  const note = page.getByRole('note').filter({ hasText: 'All messages are paused until' })
  await note.getByText('Reason: maintenance.').waitFor()
  await note.getByRole('button', { name: 'Resume' }).click()
  await page.getByRole('button', { name: 'Pause all' }).waitFor()
})

test('a channel is set up with a test before it is saved, its secret is shown once, and it is changed and removed', async () => {
  const { page, complaints } = await openPage('/app/settings?section=alerts')
  const panel = region(page, 'Alert channels')
  await panel.getByRole('button', { name: 'New channel' }).click()
  await dialog(page)
    .getByRole('button', { name: /^Webhook/ })
    .click()
  await dialog(page).getByLabel('Name').fill('Build server')
  expect(await dialog(page).getByRole('button', { name: 'Create channel' }).isDisabled()).toBe(true)
  const address = dialog(page).getByLabel('Address')
  await address.fill('ftp://example.com')
  await dialog(page).getByRole('button', { name: 'Create channel' }).click()
  await dialog(page).getByText('It must be an http or https address without user and password.', { exact: true }).waitFor()
  await expect.poll(() => page.evaluate('document.activeElement?.labels?.[0]?.textContent')).toBe('Address')
  expect(await dialog(page).getByText('send the request again').count()).toBe(0)
  await address.fill(hub.peer.url)
  hub.peer.answers.push(503)
  await dialog(page).getByRole('button', { name: 'Send a test' }).click()
  await dialog(page).getByText('not accepted').waitFor()
  await dialog(page).getByRole('button', { name: 'Send a test' }).click()
  await dialog(page).getByText('accepted (204)').waitFor()
  await dialog(page).getByRole('button', { name: 'Add quiet hours' }).click()
  await dialog(page).getByRole('button', { name: 'Add quiet hours' }).click()
  await dialog(page).getByRole('group', { name: 'Quiet hours 2' }).getByLabel('sunday').uncheck()
  await expectNoViolationsWith(page, 'dialog')
  await dialog(page).getByRole('button', { name: 'Create channel' }).click()
  await dialog(page).getByText('whsec_').waitFor()
  await dialog(page).getByRole('button', { name: 'Done' }).click()
  const item = panel.getByRole('listitem').filter({ hasText: 'Build server' })
  await item.getByText('quiet 22:00–07:00 and 22:00–07:00 Mon–Sat').waitFor()
  await item.getByRole('button', { name: 'Test: Build server' }).click()
  await item.getByText('accepted (204)').waitFor()
  await item.getByRole('button', { name: 'Change: Build server' }).click()
  expect(await dialog(page).getByText('whsec_').count()).toBe(0)
  await dialog(page).getByLabel('Name').fill('CI')
  await dialog(page).getByRole('button', { name: 'Remove quiet hours 1' }).click()
  await dialog(page).getByLabel('Switched on').uncheck()
  await dialog(page).getByRole('button', { name: 'Save' }).click()
  const renamed = panel.getByRole('listitem').filter({ hasText: 'CI' })
  await renamed.getByText('Switched off').waitFor()
  await renamed.getByRole('button', { name: 'Messages: CI' }).click()
  await dialog(page).getByText('Nothing was sent yet.').waitFor()
  await dialog(page).getByRole('button', { name: 'Done' }).click()
  await renamed.getByRole('button', { name: 'Remove: CI' }).click()
  await dialog(page).getByRole('button', { name: 'Remove' }).click()
  await panel.getByText('No channel yet').waitFor()
  // The browser itself reports the address that was refused.
  expect(complaints).toEqual([expect.stringContaining('400')])
})

test('a rule says what is wrong with it, is previewed, created, switched off and removed', async () => {
  const { page } = await openPage('/app/settings?section=alerts')
  const panel = region(page, 'Alert rules')
  await panel.getByRole('button', { name: 'New rule' }).click()
  await dialog(page).getByLabel('Watch for').selectOption('budget')
  await dialog(page).getByRole('button', { name: 'Create rule' }).click()
  await dialog(page).getByText('It needs a value.').first().waitFor()
  expect(await page.evaluate('document.activeElement.labels[0].textContent')).toBe('Amount, in dollars')
  await expectNoViolationsWith(page, 'dialog')
  await dialog(page).getByLabel('Amount, in dollars').fill('200')
  await dialog(page).getByLabel('For each').selectOption('month')
  await dialog(page).getByLabel('Name').fill('Budget of the shop')
  await dialog(page).getByLabel('Only projects').fill('shop-*, api')
  await dialog(page).getByRole('button', { name: 'Preview 7 days' }).click()
  await dialog(page).getByText('It holds for nothing now.').waitFor()
  await dialog(page).getByRole('button', { name: 'Create rule' }).click()
  const item = panel.getByRole('listitem').filter({ hasText: 'Budget of the shop' })
  await item.getByText('amount $200 · for each month · alert at 50%, 80%, 100% · only project shop-*, api · all channels').waitFor()
  await item.getByRole('button', { name: 'Switch off: Budget of the shop' }).click()
  await item.getByText('switched off').waitFor()
  await item.getByRole('button', { name: 'Remove: Budget of the shop' }).click()
  await dialog(page).getByRole('button', { name: 'Remove' }).click()
  await item.waitFor({ state: 'detached' })
})

test('all are acknowledged at once, removed default rules come back, and the link in a message answers a session, once', async () => {
  onTestFinished(closeAlerts)
  const summaries = [await hub.failSession('first'), await hub.failSession('second')]
  const { page } = await openPage('/app/alerts')
  for (const summary of summaries) await row(page, summary).waitFor()
  await page.getByRole('button', { name: 'Acknowledge all' }).click()
  for (const summary of summaries) await row(page, summary).getByText('Acknowledged just now').waitFor()
  await page.getByRole('button', { name: 'Acknowledge all' }).waitFor({ state: 'detached' })

  await requestHub(hub, 'DELETE', '/api/alert-rules/session_stalled')
  await page.getByRole('link', { name: 'Channels and rules' }).click()
  const rules = region(page, 'Alert rules')
  await rules.getByRole('button', { name: 'Restore default rules' }).click()
  await rules.getByText('1 rule came back.').waitFor()
  await rules.getByRole('button', { name: 'Change: Session stalled' }).waitFor()

  const channels = region(page, 'Alert channels')
  await channels.getByRole('button', { name: 'New channel' }).click()
  await dialog(page)
    .getByRole('button', { name: /^Webhook/ })
    .click()
  await dialog(page).getByLabel('Name').fill('Mine alone')
  await dialog(page).getByLabel('Address').fill(hub.peer.url)
  await dialog(page)
    .getByLabel(/^Messages have links that answer/)
    .check()
  await dialog(page).getByRole('button', { name: 'Create channel' }).click()
  await dialog(page).getByRole('button', { name: 'Done' }).click()
  const [channel] = await requestHub<{ channel_id: string }[]>(hub, 'GET', '/api/channels')
  onTestFinished(() => requestHub(hub, 'DELETE', `/api/channels/${channel!.channel_id}`))
  await requestHub(hub, 'PUT', '/api/alert-rules/session_waiting', { parameters: { after_ms: 0, for: 'permission' } })
  const url = await hub.askPermission('npm test')
  const visited = await visit(browser, url)
  onTestFinished(() => visited.context.close())
  await visited.page.getByText('npm test').waitFor()
  await expectNoViolations(visited.page, 'the page of a link')
  await visited.page.getByRole('button', { name: 'Allow', exact: true }).click()
  await visited.page.getByRole('heading', { name: 'Answered' }).waitFor()
  await visited.page.goto(url)
  await visited.page.getByRole('heading', { name: 'Nothing to answer' }).waitFor()
  expect(await requestHub(hub, 'GET', '/api/audit?action=question.answered')).toMatchObject([
    { key_name: expect.stringContaining('Mine alone'), details: { decision: 'allow', via: 'link' } },
  ])
})

/** Stands for the push service of the browser's maker, which a test does not reach. */
const pushService = `
let subscription = null
const bytes = (length, first) => Uint8Array.from({ length }, (_, at) => (at === 0 ? first : at + 7))
const encode = (array) => btoa(String.fromCharCode(...array)).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
PushManager.prototype.getSubscription = async () => subscription
PushManager.prototype.subscribe = async ({ applicationServerKey }) => {
  globalThis.subscribedWith = applicationServerKey
  const endpoint = 'https://push.example.com/send/abc'
  const keys = { p256dh: encode(bytes(65, 4)), auth: encode(bytes(16, 1)) }
  subscription = { endpoint, options: { applicationServerKey: null }, toJSON: () => ({ endpoint, keys, expirationTime: null }), unsubscribe: async () => ((subscription = null), true) }
  return subscription
}`

test('a browser is notified after a click, and its worker replaces what it shows by its tag', async () => {
  // A headless shell shows no notifications.
  const whole = await launch({ whole: true })
  onTestFinished(() => whole.close())
  const context = await whole.newContext({ permissions: ['notifications'] })
  const page = await context.newPage()
  await page.addInitScript(pushService)
  await page.goto(`${hub.url}/app/settings?section=alerts`)
  const panel = region(page, 'Alert channels')
  await panel.getByRole('button', { name: 'Notify this browser' }).click()
  await panel.getByRole('button', { name: 'Stop', exact: true }).waitFor()
  await panel.getByRole('listitem').filter({ hasText: 'Web push' }).waitFor()
  const { key } = await requestHub<{ key: string }>(hub, 'GET', '/api/push/key')
  expect(await page.evaluate('globalThis.subscribedWith')).toBe(key)

  const session = await context.newCDPSession(page)
  const found = new Promise<string>((resolve) =>
    session.on('ServiceWorker.workerRegistrationUpdated', ({ registrations }) => {
      const [first] = registrations
      if (first !== undefined) resolve(first.registrationId)
    }),
  )
  const errors: string[] = []
  session.on('ServiceWorker.workerErrorReported', ({ errorMessage }) => errors.push(errorMessage.errorMessage))
  await session.send('ServiceWorker.enable')
  const registrationId = await found
  const deliver = (title: string, over: boolean) =>
    session.send('ServiceWorker.deliverPushMessage', {
      origin: hub.url,
      registrationId,
      data: JSON.stringify({ title, body: 'on laptop', tag: 'one-alert', severity: 'warning', over, url: `${hub.url}/app/alerts/a_1` }),
    })
  const shown = () =>
    page.evaluate(
      'navigator.serviceWorker.ready.then((one) => one.getNotifications()).then((all) => all.map(({ title, tag }) => [tag, title]))',
    )
  const titles = await followShownNotifications(session)
  await deliver('Session stalled', false)
  await expect.poll(() => titles).toEqual(['Session stalled'])
  expect(await shown()).toEqual([['one-alert', 'Session stalled']])
  await deliver('Over: Session stalled', true)
  await expect.poll(() => titles).toEqual(['Session stalled', 'Over: Session stalled'])
  expect(await shown()).toEqual([['one-alert', 'Over: Session stalled']])
  // Such as an icon that its policy refuses.
  expect(errors).toEqual([])

  await panel.getByRole('button', { name: 'Stop', exact: true }).click()
  await panel.getByRole('button', { name: 'Notify this browser' }).waitFor()
  expect(await requestHub(hub, 'GET', '/api/push/subscriptions')).toEqual([])
  for (const { channel_id } of await requestHub<{ channel_id: string }[]>(hub, 'GET', '/api/channels'))
    await requestHub(hub, 'DELETE', `/api/channels/${channel_id}`)
})

test('where a browser cannot be notified, it is said why', async () => {
  const define = (target: string, name: string, value: string) => `Object.defineProperty(${target}, '${name}', { get: () => ${value} });`
  for (const [script, words] of [
    [define('globalThis', 'isSecureContext', 'false'), 'over https'],
    [define('Notification', 'permission', "'denied'"), 'blocked in this browser'],
    [`delete globalThis.PushManager; ${define('navigator', 'userAgent', "'iPhone'")}`, 'Add to Home Screen'],
  ] as const) {
    const context = await browser.newContext()
    onTestFinished(() => context.close())
    const page = await context.newPage()
    await page.addInitScript(script)
    await page.goto(`${hub.url}/app/settings?section=alerts`)
    await region(page, 'Alert channels').getByText(words).waitFor()
  }
})

test('on a phone everything fits, the navigation too, and no target is small', async () => {
  onTestFinished(closeAlerts)
  await addChannel('A channel with quite a long name, such as people give')
  const reason = 'the kernel killed the worker because the machine had no memory left, and more of the sort'
  await hub.failSession(reason)
  const { page } = await openPage('/app/alerts', { viewport: { width: 320, height: 700 }, hasTouch: true })
  await page.locator('.alert-row').first().waitFor()
  await page.locator('.filter-bar').waitFor()
  for (const address of ['/app/alerts', '/app', '/app/settings?section=alerts']) {
    await page.goto(`${hub.url}${address}`)
    await page.locator('.alert-row, .rule-row').first().waitFor()
    if (address === '/app') {
      // The whole reason can be read, of the session as of the alert.
      const where = page.locator('.attention-where', { hasText: reason }).first()
      await where.waitFor()
      expect(await where.evaluate((one) => [one.scrollWidth - one.clientWidth, one.scrollHeight - one.clientHeight])).toEqual([0, 0])
    }
    const wide =
      '[...document.querySelectorAll("body *")].filter((one) => one.getBoundingClientRect().right > innerWidth + 1 && !one.closest(".scroller, .visually-hidden") && !one.querySelector(".visually-hidden")).map((one) => one.outerHTML.slice(0, 120))'
    expect([address, await page.evaluate('document.documentElement.scrollWidth - innerWidth'), await page.evaluate(wide)]).toEqual([
      address,
      0,
      [],
    ])
    const small =
      '[...document.querySelectorAll("button, a, input, select")].filter((one) => one.checkVisibility() && !one.closest("p, .skip, label, .fleet")).map((one) => [one.textContent, one.getBoundingClientRect()]).filter(([, box]) => box.width < 24 || box.height < 24).map(([text]) => text)'
    expect([address, await page.evaluate(small)]).toEqual([address, []])
  }
  const cut =
    '[...document.querySelectorAll(".navigation-link")].filter((one) => one.scrollWidth > one.clientWidth).map((one) => one.textContent)'
  expect(await page.evaluate(cut)).toEqual([])
})
