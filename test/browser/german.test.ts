import { randomUUID } from 'node:crypto'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { openAlertingHub } from './alerting-hub.ts'
import { expectNoViolationsOfWords } from './axe.ts'
import { type EnglishWords, findEnglish, readEnglishWords } from './english-left.ts'
import { connectBrowser, requestHub, sendSample, visit } from './harness.ts'
import { openTestHub } from './in-process-hub.ts'
import { postSnapshot } from './limit-snapshots.ts'
import { observe, sendCollectorHeartbeat } from './observations.ts'

let browser: Browser
let english: EnglishWords
beforeAll(async () => {
  ;[browser, english] = await Promise.all([connectBrowser(), readEnglishWords()])
})
afterAll(() => browser?.close())

/** Every screen, with what shows that it has its data. */
const screens = (session: string) =>
  [
    ['/app', '.fleet .session-row'],
    ['/app?wall=1', '.wall'],
    ['/app/sessions', '.session-row'],
    ['/app/sessions?view=kanban', '.kanban-column'],
    ['/app/sessions?view=table', '.session-table'],
    [`/app/sessions/${session}`, '.timeline li'],
    ['/app/machines', '.machine-card'],
    ['/app/limits', '.history-legend li'],
    ['/app/usage', '.usage-table tbody tr'],
    ['/app/alerts', '.alert-row'],
    ['/app/events', '.event-row'],
    ['/app/settings', '#about .panel'],
    ['/widget', '.limit-row'],
    ['/app/nowhere', 'h1'],
  ] as const

/** The other sections of the settings that this browser may open. */
const settingsSections = [
  ['Alarme', '.rule-row'],
  ['Kosten', '.prices'],
  ['Maschinen', '#collectors .panel'],
] as const

async function fits(page: Page): Promise<number> {
  return (await page.evaluate('document.documentElement.scrollWidth - innerWidth')) as number
}

test('in German no screen has English left, none scrolls sideways on a phone, and axe finds nothing', async () => {
  const hub = await openAlertingHub()
  onTestFinished(() => hub.close())
  const session = randomUUID()
  await sendSample(hub, { now: Date.now(), days: 8, timezone: 'Europe/Berlin' })
  await postSnapshot(hub, 60_000)
  await observe(
    hub,
    session,
    { ago: 60, alive: true, activity: 'working', event: { kind: 'started' } },
    { alive: true, activity: 'waiting', waiting_for: 'permission' },
  )
  await sendCollectorHeartbeat(hub, [session])
  await hub.failSession('out of memory')
  const content = { tool: 'Bash', details: [{ name: 'command', text: 'npm test' }], suggestions: [], choices: [] }
  const question = { question_id: randomUUID(), session_id: session, machine_id: 'atlas', project_id: 'engine', kind: 'permission' }
  await requestHub(hub, 'POST', '/api/questions', { ...question, expires_in_ms: 3_600_000, content })
  const { page, context, complaints } = await visit(browser, `${hub.url}/app`, { locale: 'de-DE', viewport: { width: 390, height: 844 } })
  onTestFinished(() => context.close())
  page.on('response', (response) => {
    if (response.status() >= 400) complaints.push(`${response.status()} ${response.url()}`)
  })
  const left: Record<string, string[]> = {}
  const wide: string[] = []
  const look = async (name: string) => {
    await expect.poll(() => page.locator('.skeleton').count()).toBe(0)
    const found = await findEnglish(page, english)
    if (found.length > 0) left[name] = found
    if ((await fits(page)) > 0) wide.push(name)
    await expectNoViolationsOfWords(page, name)
  }
  for (const [address, loaded] of screens(session)) {
    await page.goto(`${hub.url}${address}`)
    await page.locator(loaded).first().waitFor()
    await look(address)
    if (address === '/app/settings') {
      for (const [section, shown] of settingsSections) {
        await page.locator('.settings-tab', { hasText: section }).click()
        await page.locator(shown).first().waitFor()
        await look(`${address}, ${section}`)
      }
    }
    if (address === '/app/usage') {
      // A tablet has the navigation beside the table, and more columns than a phone.
      await page.setViewportSize({ width: 1024, height: 768 })
      await page.locator('.usage-table td.wide:visible').first().waitFor()
      if ((await fits(page)) > 0) wide.push(`${address}, 1024`)
      await page.setViewportSize({ width: 390, height: 844 })
    }
    // The hub's own sentence, which the page writes from its parts.
    if (address === '/app/alerts') await page.getByRole('link', { name: /^Sitzung .* ist fehlgeschlagen: out of memory$/ }).waitFor()
    if (address === '/app/sessions') {
      // The name of a project has room beside the buttons, whose words are longer than in English.
      const names = await page.locator('.attention-link').evaluateAll((links) => links.map((link) => link.scrollWidth <= link.clientWidth))
      expect(names).toEqual(names.map(() => true))
      await page.keyboard.press('Control+k')
      await page.getByRole('combobox', { name: /durchsuchen|suchen/ }).fill('atl')
      await page.getByRole('option', { name: /atlas/ }).first().waitFor()
      await page.keyboard.press('Escape')
    }
  }
  expect(left).toEqual({})
  expect(wide).toEqual([])
  expect(complaints).toEqual([])
})

test('the language is that of the browser until another is chosen, and numbers follow it', async () => {
  const hub = await openTestHub()
  await sendSample(hub, { now: Date.now(), days: 8, timezone: 'Europe/Berlin' })
  const { page, context, requests } = await visit(browser, `${hub.url}/app/settings`, { locale: 'de-AT' })
  onTestFinished(() => context.close())
  const language = page.getByLabel('Sprache')
  await language.getByRole('radio', { name: 'Browser', checked: true }).waitFor()
  expect(await page.locator('html').getAttribute('lang')).toBe('de')
  await expect.poll(() => page.title()).toBe('Einstellungen · Signalbox')
  await language.getByRole('radio', { name: 'English' }).click()
  await page.getByRole('heading', { name: 'Settings', level: 1 }).waitFor()
  expect(await page.locator('html').getAttribute('lang')).toBe('en')

  requests.length = 0
  await page.goto(`${hub.url}/app`)
  await page.locator('.today-sentence').waitFor()
  expect(await page.locator('.today-sentence').innerText()).toMatch(/\$\d+\.\d\d[\s\S]* today at list price/)
  const scripts = await Promise.all(requests.filter((url) => url.endsWith('.js')).map(async (url) => (await page.request.get(url)).text()))
  expect(
    scripts.some((code) => code.includes('Verbrauchsrate')),
    'German for a reader of English',
  ).toBe(false)

  await page.evaluate("localStorage.setItem('signalbox.language', 'de')")
  await page.reload()
  await page.locator('.today-sentence').waitFor()
  expect(await page.locator('.today-sentence').innerText()).toMatch(/\d+,\d\d\s\$[\s\S]* heute zum Listenpreis/)
})
