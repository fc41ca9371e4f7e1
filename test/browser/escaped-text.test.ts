import { randomUUID } from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'
import type { Page } from 'playwright-core'
import { expect, onTestFinished, test } from 'vitest'
import { openHub } from '../../apps/hub/test/open-hub.ts'
import { startNode } from '../support/child.ts'
import { repositoryRoot } from '../support/repository.ts'
import { tempFolder } from '../support/temp.ts'
import { builtDashboard, connectBrowser, createCall, fetchUsage, requestHub, visit } from './harness.ts'
import { SystemClock } from './in-process-hub.ts'
import { observe, sendCollectorHeartbeat } from './observations.ts'

/** Renames a window, clears a screen, colours, rings, and turns the direction of what follows. */
const EVIL = '\u001b]0;owned\u0007\u001b[2J\u001b[31m\u009b31m\u202e\u2066'
const escaped = '\\u001b]0;owned\\u0007\\u001b[2J\\u001b[31m\\u009b31m\\u202e\\u2066'

async function openTestHub() {
  const hub = await openHub({
    clock: new SystemClock(),
    dashboard: builtDashboard(),
    env: { API_KEYS: '', NODE_ENV: 'development', LOG_LEVEL: 'silent', DASHBOARD_LIMIT_PER_MINUTE: '1000000' },
  })
  return { ...hub, url: await hub.app.listen({ port: 0, host: '127.0.0.1' }) }
}

/** Lets a real collector send a transcript with such a model, folder and branch. */
async function collect(url: string): Promise<void> {
  const folder = tempFolder()
  const projects = path.join(folder, 'claude/projects/p')
  fs.mkdirSync(projects, { recursive: true })
  const usage = { input_tokens: 10, output_tokens: 1 }
  const line = { type: 'assistant', timestamp: new Date().toISOString(), sessionId: randomUUID(), uuid: randomUUID() }
  const named = { cwd: `/home/u/e${EVIL}red`, gitBranch: `fix${EVIL}` }
  fs.writeFileSync(
    path.join(projects, 'a.jsonl'),
    `${JSON.stringify({ ...line, ...named, message: { id: 'a', model: `evil${EVIL}`, usage } })}\n`,
  )
  const collector = startNode([path.join(repositoryRoot, 'apps/collector/src/main.ts')], {
    env: {
      DATA_DIR: path.join(folder, 'data'),
      CLAUDE_CONFIG_DIR: path.join(folder, 'claude'),
      SIGNALBOX_URL: url,
      MACHINE_ID: 'laptop',
      LIMIT_SOURCES: 'none',
    },
  })
  onTestFinished(async () => void (await collector.stop()))
  await expect.poll(async () => (await fetchUsage({ url }, { group: 'model' })).totals.calls).toBe(1)
}

/** Every text of the page, and every attribute that is shown or read aloud, with a character that no name may have. */
const findControls = (page: Page) => page.evaluate<string[]>(FIND_CONTROLS)
const FIND_CONTROLS = String.raw`(() => {
  const controls = /(?![\n\t])[\p{Cc}\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069]/u
  const found = controls.test(document.title) ? ['document ' + document.title] : []
  const texts = document.createTreeWalker(document.documentElement, NodeFilter.SHOW_TEXT)
  for (let node = texts.nextNode(); node !== null; node = texts.nextNode()) if (controls.test(node.nodeValue)) found.push('text ' + node.nodeValue)
  for (const element of document.querySelectorAll('*'))
    for (const { name, value } of element.attributes)
      if (/^(title|alt|label|placeholder|aria-.*)$/.test(name) && controls.test(value)) found.push(name + ' ' + value)
  return found
})()`

test('control characters of transcripts, clients and old databases are escaped on every screen, in titles too', async () => {
  const hub = await openTestHub()
  await collect(hub.url)
  // A database from before names had a rule.
  const old = createCall({ model: `old${EVIL}`, cwd: `/srv/old${EVIL}`, git_branch: `old${EVIL}`, session_id: randomUUID() })
  await hub.store.usage.ingest(`mill${EVIL}`, [old], { now: Date.now() })
  const session = randomUUID()
  await sendCollectorHeartbeat(hub, [session], {
    state: 'refused',
    sources: [{ name: 'sessions', state: 'failing', problem: `broken${EVIL}` }],
  })
  await observe(hub, session, { ago: 60, alive: true, activity: 'working' }, { ago: 5, activity: 'waiting', waiting_for: 'input' })
  const failed = await requestHub<{ session_id: string }>(hub, 'POST', '/sessions', {
    project_id: 'p',
    machine_id: 'atlas',
    metadata: { note: `n${EVIL}` },
  })
  const task = await requestHub<{ task_id: string }>(hub, 'POST', '/tasks', { session_id: failed.session_id, task_name: 'build' })
  await requestHub(hub, 'POST', `/tasks/${task.task_id}/start`)
  await requestHub(hub, 'POST', `/tasks/${task.task_id}/fail`, { error_message: `failed${EVIL}\n\tat line 2` })
  await requestHub(hub, 'POST', `/sessions/${failed.session_id}/mark-failed`, {
    reason: `crashed${EVIL}`,
    error_details: `trace${EVIL}\n\tat line 2`,
  })

  const browser = await connectBrowser()
  onTestFinished(() => browser.close())
  const { page, complaints } = await visit(browser, `${hub.url}/app`)
  const link = page.getByRole('navigation', { name: 'Screens' }).getByRole('link')
  await link.first().waitFor()
  const screens = await link.evaluateAll((all) => all.map((one) => String(one.getAttribute('href'))))
  const tables = ['model', 'project', 'branch', 'machine', 'session'].map((table) => `/app/usage?table=${table}`)
  for (const address of [...screens, ...tables, `/app/sessions/${session}`, `/app/sessions/${failed.session_id}`]) {
    await page.goto(`${hub.url}${address}`)
    await page.getByRole('heading', { level: 1 }).waitFor()
    // Until its answers are on the screen.
    await page.waitForTimeout(700)
    expect(await findControls(page), address).toEqual([])
  }
  await page.goto(`${hub.url}/app/sessions/${failed.session_id}`)
  await page.getByText(`crashed${escaped}`).first().waitFor()
  await page.getByText(`trace${escaped}`).first().waitFor()
  for (const [table, names] of [
    ['model', [`evil${escaped}`, `old${escaped}`]],
    ['project', [`e${escaped}red`, `old${escaped}`]],
    ['machine', [`mill${escaped}`]],
  ] as const) {
    await page.goto(`${hub.url}/app/usage?table=${table}`)
    for (const name of names) await page.locator('main').getByText(name).first().waitFor({ state: 'attached' })
  }
  // A filter still finds the calls of a name that was stored before names had a rule.
  await page.goto(`${hub.url}/app/usage?table=session&project=${encodeURIComponent(`/srv/old${EVIL}`)}`)
  await page.locator('.totals data[value="1"]').first().waitFor({ state: 'attached' })
  expect(await findControls(page)).toEqual([])
  // There are no plan limits, which is a 404.
  expect(complaints.filter((text) => !text.includes('404'))).toEqual([])
})
