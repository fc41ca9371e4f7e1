import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { expectNoViolationsWith } from './axe.ts'
import { connectBrowser, createCall, sendCalls, visit } from './harness.ts'
import { openTestHub } from './in-process-hub.ts'

const key = 'a-key-for-tests-that-is-long-enough'
const session_id = '8c1f4f3e-2f0a-4a44-9c0e-5b1d8a1c7e21'
let browser: Browser

beforeAll(async () => {
  browser = await connectBrowser()
})
afterAll(() => browser?.close())

async function open(path: string): Promise<{ page: Page; send: <T>(method: string, at: string, body?: object) => Promise<T> }> {
  const { url } = await openTestHub({ NODE_ENV: 'production', API_KEYS: key })
  await sendCalls({ url }, 'laptop', [createCall()], key)
  const { page, context } = await visit(browser, `${url}${path}`)
  onTestFinished(() => context.close())
  await page.getByLabel('Key', { exact: true }).fill(key)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.locator('.live-dot[data-status="live"]').waitFor()
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
  return { page, send }
}

test('a budget is added, shows the sessions that it holds, is raised and removed', async () => {
  const { page, send } = await open('/app/settings?section=costs')
  const panel = page.getByRole('region', { name: 'Budgets' })
  await panel.getByText('No budget yet').waitFor()
  await panel.getByRole('button', { name: 'New budget' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Name').fill('Shop')
  await dialog.getByLabel('Hard line, in USD at list price').fill('25')
  await dialog.getByLabel(/^Projects/).fill('shop, shop-*')
  await dialog.getByRole('button', { name: 'Create budget' }).click()
  await panel.getByText('$0.00 of $25.00 · Open').waitFor()
  expect(await panel.getByText('for shop, shop-*').count()).toBe(1)
  expect(await panel.getByText('signalbox hooks budgets on').count()).toBe(1)
  const [made] = await send<{ budget_id: string }[]>('GET', '/api/budgets')
  const held = [{ budget_id: made!.budget_id, session_id, held_at: Date.now() }]
  await send('POST', '/api/budgets/leases', { machine_id: 'laptop', held })
  await panel.getByText('Holds 1 session').waitFor()
  await expectNoViolationsWith(page, '.budgets')

  await panel.getByRole('button', { name: 'Go on with Shop' }).click()
  await dialog.getByLabel(/^Raise the line/).fill('7.5')
  await dialog.getByText('The line becomes $32.50').waitFor()
  await dialog.getByRole('button', { name: 'Go on', exact: true }).click()
  await panel.getByText('$0.00 of $32.50 · Open · raised by $7.50').waitFor()
  expect(await send('GET', `/api/budgets/${made!.budget_id}`)).toMatchObject({ raises: [{ amount: 7.5, via: 'page' }] })

  await panel.getByRole('button', { name: 'Remove Shop' }).click()
  await dialog.getByRole('button', { name: 'Remove budget' }).click()
  await panel.getByText('No budget yet').waitFor()
})

test('a held session says so on the board and on its page', async () => {
  const { page, send } = await open('/app/sessions')
  await send('POST', '/sessions', { session_id, project_id: '/home/ada/shop', machine_id: 'laptop' })
  const { budget_id } = await send<{ budget_id: string }>('POST', '/api/budgets', { name: 'Shop', kind: 'day', amount_usd: 25 })
  await send('POST', '/api/budgets/leases', { machine_id: 'laptop', held: [{ budget_id, session_id, held_at: Date.now() }] })
  const row = page.locator(`[data-session="${session_id}"]`)
  await row.getByText('held by the budget Shop').waitFor()
  await row.getByRole('link').click()
  await page.getByText('Held by the budget “Shop”').waitFor()
})
