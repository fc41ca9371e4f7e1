import { expect, onTestFinished, test } from 'vitest'
import { connectBrowser, requestHub, visit } from './harness.ts'
import { openTestHub } from './in-process-hub.ts'
const observe = `globalThis.changed = []; new MutationObserver((changes) => changed.push(...changes.map(({ target }) => (target.nodeType === 1 ? target : target.parentElement).closest("time") === null ? target.nodeName + " " + target.className + "|" + target.textContent : "time"))).observe(document.querySelector(".board"), { childList: true, subtree: true, characterData: true, attributes: true })`
test.each([['en', 0], ['en', 6000], ['de', 0]])('heartbeats %s %i', async (language, delay) => {
  const hub = await openTestHub()
  const browser = await connectBrowser()
  onTestFinished(() => browser.close())
  const begin = (f: object) => requestHub<any>(hub, 'POST', '/sessions', { project_id: 'engine', machine_id: 'atlas', ...f })
  await requestHub(hub, 'POST', '/machines', { machine_id: 'atlas', hostname: 'atlas.local', docker_slots: [1, 2, 3] })
  await begin({ project_id: '/home/ada/loom', docker_slot: 3, activity: 'waiting', waiting_for: 'permission' })
  const lost = await begin({ project_id: '/home/ada/loom', machine_id: 'ceto' })
  await requestHub(hub, 'POST', `/sessions/${lost.session_id}/mark-stalled`, { reason: 'no output for an hour' })
  const failed = await begin({ docker_slot: 2 })
  await requestHub(hub, 'POST', `/sessions/${failed.session_id}/mark-failed`, { reason: 'out of memory' })
  const s = await begin({ project_id: 'heartbeats', activity: 'working' })
  const { page, context } = await visit(browser, `${hub.url}/app/sessions`, { locale: language } as any)
  onTestFinished(() => context.close())
  if (delay) { await page.route(/failure/, async (r: any) => { await new Promise((d) => setTimeout(d, delay)); await r.continue() }); await page.reload() }
  await page.locator(`.session-row[data-session="${s.session_id}"]`).waitFor()
  if (!delay) await page.getByText('out of memory').first().waitFor()
  await page.waitForTimeout(2500)
  await page.evaluate(observe)
  for (let i = 0; i < 8; i++) { await requestHub(hub, 'POST', `/sessions/${s.session_id}/heartbeat`); await page.waitForTimeout(900) }
  console.log(language, delay, [...new Set((await page.evaluate('changed')) as string[])])
})
