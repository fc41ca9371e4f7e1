import { randomUUID } from 'node:crypto'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { expectNoViolationsWith } from './axe.ts'
import { connectBrowser, createCall, sendCalls, visit } from './harness.ts'
import { openTestHub } from './in-process-hub.ts'

const key = 'a-key-for-tests-that-is-long-enough'
const session_id = '8c1f4f3e-2f0a-4a44-9c0e-5b1d8a1c7e21'
const asker = { machine_id: 'laptop', session_id, project_id: '/home/ada/shop' }
let browser: Browser

beforeAll(async () => {
  browser = await connectBrowser()
})
afterAll(() => browser?.close())

interface Asking {
  readonly url: string
  send<T>(method: string, at: string, body?: object): Promise<T>
  ask(content?: object, kind?: string): Promise<string>
  /** What the hook gets. */
  answer(id: string): Promise<Record<string, unknown>>
}

async function openAskingHub(): Promise<Asking> {
  const { url } = await openTestHub({ NODE_ENV: 'production', API_KEYS: key })
  await sendCalls({ url }, 'laptop', [createCall()], key)
  const send = async <T>(method: string, at: string, body?: object): Promise<T> => {
    const response = await fetch(`${url}${at}`, {
      method,
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const text = await response.text()
    if (!response.ok) throw new Error(`${method} ${at}: ${text}`)
    return (text === '' ? undefined : JSON.parse(text)) as T
  }
  return {
    url,
    send,
    async ask(content = permission, kind = 'permission') {
      const question_id = randomUUID()
      await send('POST', '/api/questions', { question_id, ...asker, kind, expires_in_ms: 3_600_000, content })
      return question_id
    },
    answer: (id) => send('POST', `/api/questions/${id}/wait`, { ...asker, wait_ms: 20_000 }),
  }
}

const permission = {
  tool: 'Bash',
  details: [{ name: 'command', text: 'npm test\n# <b>all</b>' }],
  suggestions: ['Bash(npm test:*), in this project'],
  choices: [],
}

async function openPage(hub: Asking, path = '/app', options: object = {}): Promise<Page> {
  const { page, context } = await visit(browser, `${hub.url}${path}`, options)
  onTestFinished(() => context.close())
  await page.getByLabel('Key', { exact: true }).fill(key)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.locator('.live-dot[data-status="live"]').waitFor()
  return page
}

const panelOf = (page: Page) => page.getByRole('region', { name: 'To answer' })

test('what a session asks comes up live, whole, and is allowed with a button; the other page learns who was first', async () => {
  const hub = await openAskingHub()
  await hub.send('POST', '/api/alerts/pause', { for_ms: 3_600_000 })
  const [page, other] = await Promise.all([openPage(hub), openPage(hub)])
  expect(await panelOf(page).count()).toBe(0)
  const id = await hub.ask()
  const panel = panelOf(page)
  await panel.getByText('Allow Bash?').waitFor()
  expect(await panel.locator('pre').innerText()).toBe('npm test\n# <b>all</b>')
  await panel.getByText('Always: Bash(npm test:*), in this project').waitFor()
  // Above the alerts, of which it is said that they are paused: a session waits for it.
  await page.getByRole('region', { name: 'Open alerts' }).waitFor()
  expect(await page.locator('.questions, .open-alerts').first().getAttribute('class')).toContain('questions')
  await expectNoViolationsWith(page, '.questions')
  await panelOf(other).getByText('Allow Bash?').waitFor()
  await panel.getByRole('button', { name: 'Allow', exact: true }).click()
  expect(await hub.answer(id)).toEqual({ state: 'answered', decision: 'allow' })
  await panelOf(other).getByText('Allowed by API_KEYS[0]. The session gets the answer …').waitFor()
  expect(await panelOf(other).getByRole('button', { name: 'Allow', exact: true }).count()).toBe(0)
  await hub.send('POST', `/api/questions/${id}/end`, { ...asker, kind: 'permission', outcome: 'applied', decision: 'allow' })
  await panelOf(other).getByText('Allowed by API_KEYS[0]. The session goes on.').waitFor()
})

test('on a phone, with the keyboard alone, a session is denied with a word', async () => {
  const hub = await openAskingHub()
  const id = await hub.ask()
  const page = await openPage(hub, '/app', { viewport: { width: 320, height: 640 } })
  const panel = panelOf(page)
  await panel.getByRole('button', { name: 'Deny' }).waitFor()
  expect(await page.evaluate<number>('document.documentElement.scrollWidth')).toBeLessThanOrEqual(320)
  await panel.getByRole('button', { name: 'Allow always' }).focus()
  await page.keyboard.press('Tab')
  await page.keyboard.type('Only the unit tests.')
  await page.keyboard.press('Enter')
  expect(await hub.answer(id)).toEqual({ state: 'answered', decision: 'deny', message: 'Only the unit tests.' })
})

test("the model's questions have their options, and words of one's own", async () => {
  const hub = await openAskingHub()
  const options = [{ label: 'Red' }, { label: 'Blue', description: 'as the sea' }]
  const choices = [
    { question: 'Which colour?', several: false, options },
    { question: 'Which sizes?', several: true, options },
    { question: 'What else?', several: false, options },
  ]
  const id = await hub.ask({ tool: 'AskUserQuestion', details: [], suggestions: [], choices }, 'question')
  const page = await openPage(hub)
  const panel = panelOf(page)
  const send = panel.getByRole('button', { name: 'Send answer' })
  await panel.getByRole('group', { name: 'Which colour?' }).getByRole('radio', { name: 'Blue' }).check()
  for (const name of ['Red', 'Blue']) await panel.getByRole('group', { name: 'Which sizes?' }).getByRole('checkbox', { name }).check()
  expect(await send.isDisabled()).toBe(true)
  await panel.getByRole('group', { name: 'What else?' }).getByLabel('Or in your own words').fill('Nothing')
  await send.click()
  expect(await hub.answer(id)).toEqual({
    state: 'answered',
    decision: 'allow',
    chosen: [{ selected: [1] }, { selected: [0, 1] }, { selected: [], text: 'Nothing' }],
  })
})

test('without the scope answer nothing of it is on the page', async () => {
  const hub = await openAskingHub()
  await hub.ask()
  const { key: reading } = await hub.send<{ key: string }>('POST', '/api/keys', { name: 'wall', scopes: ['read'] })
  const { page, context, requests } = await visit(browser, `${hub.url}/app`)
  onTestFinished(() => context.close())
  await page.getByLabel('Key', { exact: true }).fill(reading)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.locator('.today-hero').waitFor()
  await page.locator('.live-dot[data-status="live"]').waitFor()
  expect(await panelOf(page).count()).toBe(0)
  expect(requests.filter((url) => url.includes('/api/questions'))).toEqual([])
})

test('a one-use link opens a page without a key or a script, which asks once more', async () => {
  const hub = await openAskingHub()
  const id = await hub.ask()
  const { url } = await hub.send<{ url: string }>('POST', `/api/questions/${id}/links`, {})
  const { page, context, complaints } = await visit(browser, url, { javaScriptEnabled: false, viewport: { width: 320, height: 640 } })
  onTestFinished(() => context.close())
  expect(await page.locator('pre').first().innerText()).toContain('# <b>all</b>')
  await page.getByRole('button', { name: 'Allow always' }).click()
  await page.getByText('Your answer was taken.').waitFor()
  expect(await hub.answer(id)).toEqual({ state: 'answered', decision: 'allow_always' })
  expect(complaints).toEqual([])
})
