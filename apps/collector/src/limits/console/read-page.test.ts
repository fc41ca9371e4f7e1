import vm from 'node:vm'
import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { readPageText } from './page-text.ts'
import { readContent } from './read-page.ts'

const text = `Plan usage limits
Current session
Resets 5:00 PM
63% used
Weekly limits
All models
Resets Thu 7:00 AM
22% used`

/** A page in a browser whose Intl names this zone, or no zone at all. It runs the text that the collector sends there. */
function pageIn(timeZone: string | undefined): Page {
  const part = { innerText: text }
  const globals = {
    document: {
      querySelectorAll: () => [part],
      querySelector: () => null,
      body: part,
      documentElement: { lang: 'en' },
      readyState: 'complete',
    },
    Intl: { DateTimeFormat: () => ({ resolvedOptions: () => ({ timeZone }) }) },
  }
  // As over the wire: what is undefined is absent.
  const evaluate = async (source: string) => JSON.parse(JSON.stringify(vm.runInNewContext(source, globals)))
  return { evaluate } as unknown as Page
}

test.each([
  ['Europe/Berlin', 'Europe/Berlin', '2026-11-30T16:00:00.000Z'],
  ['Etc/Unknown', 'UTC', '2026-11-30T17:00:00.000Z'],
  ['', 'UTC', '2026-11-30T17:00:00.000Z'],
  [undefined, 'UTC', '2026-11-30T17:00:00.000Z'],
])('the times on the page of a browser in the zone %s are those of %s', async (zone, expected, reset) => {
  const content = await readContent(pageIn(zone), 2_000, () => false)
  expect(content).toMatchObject({ zone: expected, language: 'en', loaded: true, texts: [text, text] })
  const { windows } = readPageText(text, { now: Date.parse('2026-11-30T12:00:00Z'), zone: content!.zone, language: 'en' })
  expect(windows[0]).toMatchObject({ kind: 'session', percentUsed: 63, resetsAt: Date.parse(reset) })
})
