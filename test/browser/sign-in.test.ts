import { readOwnerKey } from '@signalbox/hub-address/owner-key'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { startForwardProxy } from '../support/forward-proxy.ts'
import { makeTempFolder, removeFolder, tempFolder } from '../support/temp.ts'
import { expectNoViolationsWith } from './axe.ts'
import { connectBrowser, createCall, sendCalls, startHub, type TestHub, type Visit, visit } from './harness.ts'
import { openTestHub } from './in-process-hub.ts'

const key = 'a-key-for-tests-that-is-long-enough'
const sender = 'a-key-that-may-only-send-calls'
let hub: TestHub
let browser: Browser
const dataDir = makeTempFolder()

beforeAll(async () => {
  ;[hub, browser] = await Promise.all([
    startHub({ dataDir, env: { NODE_ENV: 'production', API_KEYS: key, CLAUDE_SYNC_API_KEY: sender } }),
    connectBrowser(),
  ])
  await sendCalls(hub, 'atlas', [createCall()], sender)
})

afterAll(async () => {
  await browser?.close()
  await hub?.stop()
  removeFolder(dataDir)
})

async function openPage(at: Pick<TestHub, 'url'>, path: string): Promise<Visit> {
  const visited = await visit(browser, `${at.url}${path}`)
  onTestFinished(() => visited.context.close())
  return visited
}

async function signIn(page: Page, text: string): Promise<void> {
  await page.getByLabel('Key', { exact: true }).fill(text)
  await page.getByRole('button', { name: 'Sign in' }).click()
}

const jsonRequest = (body: object, headers: Record<string, string> = {}) => ({
  method: 'POST',
  headers: { 'content-type': 'application/json', ...headers },
  body: JSON.stringify(body),
})

async function post(at: Pick<TestHub, 'url'>, path: string, body: object): Promise<Record<string, string>> {
  const answer = await fetch(`${at.url}${path}`, jsonRequest(body, { authorization: `Bearer ${key}` }))
  expect(answer.status).toBe(201)
  return (await answer.json()) as Record<string, string>
}

test('a hub with keys requires one, rejects an invalid one with a reason, and opens the requested screen with a valid one', async () => {
  const { page } = await openPage(hub, '/app/usage?range=7d')
  await page.getByRole('heading', { name: 'Signalbox' }).waitFor()
  for (const command of ['npx signalbox open', 'npx signalbox keys create browser']) await page.getByText(command).waitFor()
  await signIn(page, 'not-the-key')
  const alert = page.getByRole('alert')
  await alert.waitFor()
  expect(await alert.innerText()).toMatch(/Invalid API key[\s\S]*signalbox keys list[\s\S]*Request id/)
  expect(await page.getByLabel('Key', { exact: true }).inputValue()).toBe('')
  await signIn(page, key)
  await page.locator('.totals').waitFor()
  expect(page.url()).toContain('range=7d')
  await page.locator('.live-dot[data-status="live"]').waitFor()
})

test('a page that came over plain http from elsewhere says that others can read the key', async () => {
  const warning = (page: Page) => page.getByRole('note').getByText('This page came over plain http: others on the network can read the key')
  // The browser asks the proxy for every name, so the address is not of this machine.
  const { url: server } = await startForwardProxy(hub.url)
  const { page, context } = await visit(browser, 'http://hub.corp.example/app', { proxy: { server } })
  onTestFinished(() => context.close())
  await warning(page).waitFor()
  await page.getByLabel('Key', { exact: true }).waitFor()
  const near = await openPage(hub, '/app')
  await near.page.getByLabel('Key', { exact: true }).waitFor()
  expect(await warning(near.page).count()).toBe(0)
})

test('the key is not readable by scripts', async () => {
  const { page, context } = await openPage(hub, '/app')
  await signIn(page, key)
  await page.locator('.today-sentence').waitFor()
  const kept = await page.evaluate(
    'JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie, document.documentElement.outerHTML])',
  )
  expect(kept).not.toContain(key)
  const cookies = await context.cookies()
  expect(cookies).toMatchObject([{ httpOnly: true, sameSite: 'Strict' }])
  expect(cookies[0]?.value).not.toContain(key)
})

test('signing out shows the sign-in form, also after a reload', async () => {
  const { page } = await openPage(hub, '/app/settings')
  await signIn(page, key)
  await page.getByRole('button', { name: 'Sign out', exact: true }).click()
  await page.getByLabel('Key', { exact: true }).waitFor()
  await page.reload()
  await page.getByLabel('Key', { exact: true }).waitFor()
  expect(await page.locator('.totals, .today-sentence').count()).toBe(0)
})

test('signing out in one tab ends the event stream of all tabs, which show the sign-in form', async () => {
  const { page, context } = await openPage(hub, '/app/settings')
  await signIn(page, key)
  await page.locator('.live-dot[data-status="live"]').waitFor()
  const other = await context.newPage()
  await other.goto(`${hub.url}/app`)
  await other.locator('.live-dot[data-status="live"]').waitFor()
  await page.getByRole('button', { name: 'Sign out', exact: true }).click()
  await other.getByLabel('Key', { exact: true }).waitFor()
})

test('a page shows the sign-in form though programs without a key have used up the limit of their address', async () => {
  // While they are sent some of the limit comes back, on a busy machine more than one.
  const use = async () => {
    const response = await fetch(`${hub.url}/sessions`)
    await response.arrayBuffer()
    return response.status
  }
  let sent = 0
  while ((await use()) !== 429 && sent < 2_000) sent++
  expect(sent).toBeLessThan(2_000)
  const { page } = await openPage(hub, '/app')
  await page.getByLabel('Key', { exact: true }).waitFor()
})

test('a key is created, shown once, used by another browser, and rejected once revoked', async () => {
  const { page } = await openPage(hub, '/app/settings#keys')
  await signIn(page, key)
  await page.getByRole('button', { name: 'New key' }).click()
  await page.getByLabel('Name').fill('wall display')
  await page.getByLabel(/^ingest/).uncheck()
  await page.getByLabel(/^read/).check()
  await page.getByRole('button', { name: 'Create key' }).click()
  const shown = await page.locator('.dialog .copy-line code').innerText()
  expect(shown.length).toBeGreaterThan(20)
  await page.getByRole('button', { name: 'Done' }).click()
  await page.locator('.key-table').getByText('wall display').waitFor()
  expect(await page.locator('body').innerText()).not.toContain(shown)

  const other = await openPage(hub, '/app')
  await signIn(other.page, shown)
  await other.page.locator('.today-sentence').waitFor()
  await other.page.getByRole('link', { name: 'Settings', exact: true }).click()
  await other.page.getByRole('heading', { name: 'Account' }).waitFor()
  // With the read scope only, there is no list of keys.
  const tabs = other.page.getByRole('navigation', { name: 'Sections of the settings' }).getByRole('link')
  await expect.poll(() => tabs.allInnerTexts()).toEqual(['General', 'Alerts', 'Access', 'Costs', 'Machines'])
  await tabs.getByText('Access').click()
  await other.page.getByRole('heading', { name: 'Sign-ins' }).waitFor()
  expect(await other.page.getByRole('button', { name: 'New key' }).count()).toBe(0)

  await page.getByRole('button', { name: 'Revoke wall display' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click()
  await page.locator('.key-table tr[data-inactive]', { hasText: 'wall display' }).waitFor()
  // The other page may have noticed already and show nothing but its sign-in: go by address, not by link.
  await other.page.goto(`${hub.url}/app`)
  await other.page.getByLabel('Key', { exact: true }).waitFor()
})

test('a key is made for one machine and project, and one that ends soon stands out, unless its use keeps it alive', async () => {
  const open = await openTestHub({ NODE_ENV: 'production', API_KEYS: key })
  const make = (name: string, more: object) => post(open, '/api/keys', { name, scopes: ['ingest'], ...more })
  await make('soon', { expires_at: new Date(Date.now() + 10.5 * 86_400_000).toISOString() })
  const { code } = await post(open, '/api/invites', {})
  await post(open, '/api/invites/redeem', { code, machine_id: 'box-8' })
  const { page } = await openPage(open, '/app/settings?section=access')
  await signIn(page, key)
  const listed = (name: string) => page.getByRole('region', { name: 'API keys' }).locator('tbody tr').filter({ hasText: name })
  await listed('soon').locator('strong').getByText('in 10 d').waitFor()
  const invited = await listed('box-8').innerText()
  expect(invited).toMatch(/machine box-8[\s\S]*after 365 days without use/)
  expect(await listed('box-8').locator('strong').count()).toBe(0)

  const create = async (name: string, expires: string | undefined, more: Record<string, string> = {}) => {
    await page.getByRole('button', { name: 'New key' }).click()
    await page.getByLabel('Name').fill(name)
    if (expires === undefined) await expectNoViolationsWith(page, '.dialog')
    for (const [label, text] of Object.entries(more)) await page.getByLabel(label).fill(text)
    if (expires !== undefined) await page.getByLabel('Expires').selectOption(expires)
    await page.getByRole('button', { name: 'Create key' }).click()
    await page.getByRole('button', { name: 'Done' }).click()
    await listed(name).waitFor()
    return listed(name).innerText()
  }
  expect(await create('bound', undefined, { 'Only about this machine': ' box-9 ', 'Only about this project': 'web' })).toMatch(
    /machine box-9\s+project web/,
  )
  expect(await create('open', 'Never')).toMatch(/everything\s+never\s+just now\s+never/)
  const answer = await fetch(`${open.url}/api/keys`, { headers: { authorization: `Bearer ${key}` } })
  const [never, bound] = (await answer.json()) as Record<string, string>[]
  expect(never).not.toHaveProperty('expires_at')
  expect(bound).toMatchObject({ machine_id: 'box-9', project_id: 'web' })
  expect(Math.round((Date.parse(bound!.expires_at!) - Date.now()) / 86_400_000)).toBe(365)
})

test('settings list the browsers that are signed in, end one or all others, and show in the audit log who did what', async () => {
  const open = await openTestHub({ NODE_ENV: 'production', API_KEYS: key })
  await fetch(`${open.url}/api/login`, jsonRequest({ key: 'a-wrong-one' }))
  for (let n = 0; n < 20; n++) await post(open, '/api/keys', { name: `key ${n}`, scopes: ['read'] })
  const { page } = await openPage(open, '/app/settings?section=access')
  await signIn(page, key)
  const signIns = page.getByRole('region', { name: 'Sign-ins' })
  const rows = signIns.getByRole('listitem')
  await rows.getByText('this browser').waitFor()
  expect(await signIns.getByRole('button').count()).toBe(0)

  const others = [await openPage(open, '/app'), await openPage(open, '/app')]
  for (const other of others) {
    await signIn(other.page, key)
    await other.page.locator('.live-dot[data-status="live"]').waitFor()
  }
  await page.reload()
  await expect.poll(() => rows.count()).toBe(3)
  expect(await rows.allInnerTexts()).toEqual(Array.from({ length: 3 }, () => expect.stringMatching(/^API_KEYS\[0\]\s+127\.0\.0\.1\s/)))
  await signIns.getByRole('button', { name: 'Sign out API_KEYS[0] at 127.0.0.1' }).first().click()
  await expect.poll(() => rows.count()).toBe(2)
  // Open pages notice with their next request, as all do after a reload.
  const signedOut = async () => {
    const counts = others.map(async ({ page: other }) => {
      await other.reload()
      await other.locator('.live-dot[data-status="live"], .login').first().waitFor()
      return other.getByLabel('Key', { exact: true }).count()
    })
    return (await Promise.all(counts)).reduce((sum, count) => sum + count, 0)
  }
  expect(await signedOut()).toBe(1)
  await signIns.getByRole('button', { name: 'Sign out all others' }).click()
  await expect.poll(() => rows.count()).toBe(1)
  expect(await signedOut()).toBe(2)
  await rows.getByText('this browser').waitFor()

  await page.reload()
  const log = page.getByRole('region', { name: 'Audit log' })
  const entries = log.getByRole('listitem')
  await expect.poll(() => entries.count()).toBe(20)
  // The last line of an entry is when it was.
  const shown = (await entries.allInnerTexts()).slice(0, 6).map((text) => text.split(/\n+/).slice(0, -1))
  const by = ['API_KEYS[0]', '127.0.0.1']
  expect(shown).toEqual([
    ['Signed out', 'all keys', ...by],
    ['Signed out', 'API_KEYS[0]', ...by],
    ...Array.from({ length: 3 }, () => ['Signed in', ...by]),
    ['Key created', 'key 19', ...by],
  ])
  await log.getByRole('button', { name: 'Show older' }).click()
  await expect.poll(() => entries.count()).toBe(26)
  await entries.last().getByText('Sign-in refused').waitFor()
  expect(await log.getByRole('button', { name: 'Show older' }).count()).toBe(0)
})

test("a key without the read scope gets the hub's message, a fix and the request id", async () => {
  const { page } = await openPage(hub, '/app')
  await signIn(page, sender)
  const alert = page.getByRole('alert').first()
  await alert.waitFor()
  expect(await alert.innerText()).toMatch(/read/)
  const id = (await alert.locator('code').last().innerText()).trim()
  expect(id).toMatch(/^[\w-]{8,}$/)
  // The hub responds, so the page must not claim the opposite.
  await page.locator('.live-dot[data-status="refused"]').waitFor()
  expect(await page.getByText('The hub does not respond.').count()).toBe(0)
})

test('the link of the owner signs a browser in at a hub without keys; creating the first key does not lock it out', async () => {
  const dataDir = tempFolder()
  const open = await startHub({ dataDir })
  onTestFinished(() => open.stop())
  const { page } = await openPage(open, '/app/settings')
  await page.getByText('No sign-in is required').waitFor()
  const tab = (name: string) => page.locator('.settings-tab', { hasText: name }).click()
  // A browser that has shown nothing makes no keys.
  await tab('Access')
  await page.getByText('sign this browser in first').waitFor()
  expect(await page.getByRole('button', { name: 'New key' }).count()).toBe(0)
  const answer = await fetch(`${open.url}/api/login/links`, {
    method: 'POST',
    headers: { authorization: `Bearer ${readOwnerKey(dataDir)!.key}` },
  })
  const { path } = (await answer.json()) as { path: string }
  await page.goto(open.url + path)
  await page.goto(`${open.url}/app/settings`)
  await page.getByText('Signed in as').waitFor()
  await tab('Access')
  await page.getByRole('button', { name: 'New key' }).click()
  await page.getByLabel('Name').fill('me')
  await page.getByLabel(/^read/).check()
  await page.getByRole('button', { name: 'Create key' }).click()
  const shown = await page.locator('.dialog .copy-line code').innerText()
  await page.getByRole('button', { name: 'Done' }).click()
  await tab('General')
  await page.getByText('Signed in as').waitFor()
  await page.reload()
  await page.getByText('Signed in as').waitFor()
  const other = await openPage(open, '/app')
  await signIn(other.page, shown)
  await other.page.getByRole('heading', { name: 'Waiting for data' }).waitFor()
})
