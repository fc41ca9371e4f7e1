import type { Session } from '@signalbox/contract/session'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { expectNoViolations } from './axe.ts'
import { findEnglish, readEnglishWords } from './english-left.ts'
import { connectBrowser, createCall, requestHub, sendCalls, visit } from './harness.ts'
import { openTestHub } from './in-process-hub.ts'

let browser: Browser
beforeAll(async () => {
  browser = await connectBrowser()
})
afterAll(() => browser?.close())

const DAY_MS = 86_400_000

test('questions are answered by live cards, followed up, pinned, proposed and never done unasked, by keyboard', async () => {
  const hub = await openTestHub()
  const begin = (project: string) =>
    requestHub<Session>(hub, 'POST', '/sessions', { project_id: `/home/ada/${project}`, machine_id: 'rack-1' })
  await requestHub(hub, 'POST', '/machines', { machine_id: 'rack-1', hostname: 'rack-1', docker_slots: [1, 2] })
  const [web] = [await begin('platform-web'), await begin('firmware'), await begin('firmware')]
  // Three weeks of one call a day, and a day that cost more.
  const days = Array.from({ length: 28 }, (_, day) =>
    createCall({ at: new Date(Date.now() - (day + 1) * DAY_MS).toISOString(), cwd: '/home/ada/engine' }),
  )
  const dear = createCall({ at: days[0]!.at, cwd: '/home/ada/firmware', output: 90_000 })
  await sendCalls(hub, 'rack-1', [...days, dear, createCall()])

  // The hub loads its tools with the first question, which on a busy machine takes longer than the page waits.
  await requestHub(hub, 'POST', '/api/assistant/turns', { question: 'is everything ok?' })
  await requestHub(hub, 'POST', '/api/tools/hub_health', {})

  const { page, context, complaints } = await visit(browser, `${hub.url}/app/machines`)
  onTestFinished(() => context.close())
  const panel = page.getByRole('complementary', { name: 'Ask' })
  const field = panel.getByRole('textbox', { name: 'Question' })
  const answer = panel.locator('li > article').last()
  const ask = async (question: string) => {
    await field.fill(question)
    await field.press('Enter')
    await answer.getByRole('heading', { name: question, exact: true }).waitFor()
  }
  await page.getByRole('heading', { name: 'Machines', level: 1 }).waitFor()
  await page.keyboard.press('a')
  await expect.poll(() => page.evaluate('document.activeElement?.getAttribute("aria-label")')).toBe('Question')
  expect(await field.inputValue()).toBe('')
  await panel.getByRole('list', { name: 'Suggestions' }).getByRole('button', { name: 'what did I spend today?' }).waitFor()

  // A sum, its follow-up, and a call that comes while the card is shown.
  await ask('what did I spend today?')
  await answer.getByRole('heading', { name: 'Usage · Today' }).waitFor()
  await ask('and per model?')
  const first = panel.locator('li > article').first()
  await answer.getByRole('list', { name: 'By model' }).getByText('Opus 5').waitFor()
  await expect.poll(() => first.locator('.ask-facts').textContent()).toMatch(/1 calls/)
  await page.locator('.live-dot[data-status="live"]').waitFor()
  await sendCalls(hub, 'rack-1', [createCall()])
  await expect.poll(() => first.locator('.ask-facts').textContent(), { timeout: 60_000 }).toMatch(/2 calls/)

  // Why, with both parts of the difference and its reason.
  await ask('why did yesterday cost so much?')
  await answer.getByRole('list', { name: 'What the difference is made of' }).waitFor()
  const parts = await answer.locator('.ask-rows').first().locator('data').all()
  const numbers = (await Promise.all(parts.map((part) => part.getAttribute('value')))).map(Number)
  expect(numbers).toHaveLength(2)
  const { data } = await requestHub<{ data: { difference_usd: number } }>(
    hub,
    'POST',
    '/api/tools/usage_compare?timezone=Europe%2FBerlin',
    { range: 'yesterday', why: true },
  )
  expect(Math.round(numbers.reduce((sum, one) => sum + one, 0) * 1e4)).toBe(Math.round(data.difference_usd * 1e4))
  await answer.getByRole('button', { name: 'Pin to Today' }).click()
  await answer.getByRole('button', { name: 'Pinned to Today', pressed: true }).waitFor()

  // Not understood: three near questions, and Up brings the last one.
  await ask('what will bitcoin cost tomorrow')
  await answer.getByText('bitcoin means nothing here.').waitFor()
  expect(await answer.getByRole('list', { name: 'Suggestions' }).getByRole('button').count()).toBe(3)
  await field.press('ArrowUp')
  expect(await field.inputValue()).toBe('what will bitcoin cost tomorrow')
  await field.press('ArrowDown')

  // Live sessions; of two that may be meant, one is chosen; an action is proposed and confirmed.
  await ask('which sessions are running?')
  expect(await answer.locator('.session-row').count()).toBe(3)
  await expectNoViolations(page, 'a thread')
  await ask('pause firmware')
  await answer.getByText('2 sessions may be meant. Which one?').waitFor()
  await answer.locator('.ask-choices').getByRole('button').first().click()
  await answer.getByRole('button', { name: 'Pause …' }).waitFor()
  await ask('pause platform web')
  await answer.getByText('Nothing is done yet.').waitFor()
  await answer.getByText('Its process goes on: Signalbox does not stop it.').waitFor()
  const status = async () => (await requestHub<Session>(hub, 'GET', `/sessions/${web.session_id}`)).status
  expect(await status()).toBe('active')
  await answer.getByRole('button', { name: 'Pause …' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Pause', exact: true }).click()
  await expect.poll(status).toBe('paused')
  await answer.getByText('Done.', { exact: true }).waitFor()
  await ask('put rack-1 in maintenance')
  await answer.getByRole('button', { name: 'Put into maintenance …' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Put into maintenance' }).click()
  await answer.getByText('Done.', { exact: true }).waitFor()
  expect(await requestHub(hub, 'GET', '/machines/rack-1')).toMatchObject({ status: 'maintenance' })

  // A screen is opened beside the panel; the palette asks, too.
  await ask('open usage')
  await page.waitForURL(/\/app\/usage$/)
  await field.press('Escape')
  await panel.waitFor({ state: 'detached' })
  await page.keyboard.press('Control+k')
  await page.getByRole('combobox').fill('is everything ok?')
  await page.getByRole('option', { name: 'Ask: “is everything ok?”' }).waitFor()
  await page.keyboard.press('Enter')
  await answer.getByRole('heading', { name: 'Health' }).waitFor()

  // Offline: the question is in the field again, and can be sent once more.
  await page.route('**/api/assistant/turns', (route) => route.abort())
  await ask('which tasks are blocked?')
  await answer.getByText('Not sent: the hub does not respond.').waitFor()
  expect(await field.inputValue()).toBe('which tasks are blocked?')
  await page.unroute('**/api/assistant/turns')
  await answer.getByRole('button', { name: 'Try again' }).click()
  await answer.getByText('No task matches.').waitFor()
  await field.fill('')
  await field.press('Escape')

  // Today has a line to ask, and the pinned card; on a phone the panel covers the screen.
  await page.goto(`${hub.url}/app`)
  const pins = page.getByRole('region', { name: 'Pinned cards' })
  await pins.getByRole('heading', { name: 'Why · Yesterday' }).waitFor()
  await page.setViewportSize({ width: 390, height: 844 })
  await page.getByRole('textbox', { name: 'Ask a question' }).fill('which machines are online?')
  await page.keyboard.press('Enter')
  const sheet = page.getByRole('dialog', { name: 'Ask' })
  await sheet.getByText('No machine matches.').waitFor()
  expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(390)
  await expectNoViolations(page, 'the panel on a phone')
  await page.keyboard.press('Escape')
  await sheet.waitFor({ state: 'detached' })
  await pins.getByRole('button', { name: 'Unpin “why did yesterday cost so much?”' }).click()
  await pins.waitFor({ state: 'detached' })
  // The hub has no plan limits, and one request was cut.
  expect(complaints.filter((text) => !/404|ERR_FAILED/.test(text))).toEqual([])
}, 300_000)

test('a key that may only read is said what is missing; in German the panel is German', async () => {
  const owner = 'a-key-of-the-tests-that-may-do-everything'
  const hub = await openTestHub({ NODE_ENV: 'production', API_KEYS: owner })
  const made = await fetch(`${hub.url}/api/keys`, {
    method: 'POST',
    headers: { authorization: `Bearer ${owner}`, 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'reader', scopes: ['read'] }),
  })
  const { key } = (await made.json()) as { key: string }
  const { page, context } = await visit(browser, `${hub.url}/app`, { locale: 'de-DE' })
  onTestFinished(() => context.close())
  await page.getByLabel('Schlüssel', { exact: true }).fill(key)
  await page.keyboard.press('Enter')
  await page.getByRole('textbox', { name: 'Eine Frage stellen' }).fill('mute alerts for an hour')
  await page.keyboard.press('Enter')
  const panel = page.getByRole('complementary', { name: 'Fragen' })
  await panel.getByText('Dem Schlüssel dieses Browsers fehlt „admin“').waitFor()
  await panel.getByRole('textbox').fill('what did I spend yesterday?')
  await page.keyboard.press('Enter')
  await panel.getByText('Kein Verbrauch: Gestern.').waitFor()
  expect(await findEnglish(page, await readEnglishWords())).toEqual([])
}, 300_000)
