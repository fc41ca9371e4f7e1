import fs from 'node:fs'
import path from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { launch, visit } from '../browser/stage.ts'
import { realTranscripts } from '../support/real-transcripts.ts'
import { makeTempFolder, removeFolder } from '../support/temp.ts'
import { type Expected, writeTranscripts } from '../support/transcripts.ts'
import { type Box, startBox, until } from './box.ts'
import { asExpected, daysOf, summed } from './totals.ts'

// The first trip of the house: a line in a transcript, on to the page. Everything on the way is the real thing.

const real = realTranscripts()
const sources: { name: string; lay: (folder: string) => Expected }[] = [
  {
    name: 'generated transcripts',
    lay: (folder) => writeTranscripts(folder, { seed: 7, calls: 400 }).expected,
  },
]
if (real) {
  sources.push({
    name: 'the real transcripts',
    lay: (folder) => {
      fs.cpSync(path.join(real.folder, 'projects'), path.join(folder, 'projects'), { recursive: true })
      return real.expected
    },
  })
}

let browser: Browser
beforeAll(async () => {
  browser = await launch()
})
afterAll(() => browser?.close())

interface Figures {
  readonly tokens: number
  readonly input: number
  readonly output: number
  readonly writes: number
  readonly read: number
  readonly calls: number
}

/** As much of a page's element as is asked of it here; this program has no types of a browser. */
interface Element {
  readonly title: string
  readonly value: string
  querySelectorAll(selector: string): Iterable<Element>
}

/** The rows of the table on the usage screen: exact numbers by the row's full name. */
async function tableOf(page: Page): Promise<Map<string, Figures>> {
  const rows = await page.locator('table.figures:has(.row-name) tbody tr:not(.row-detail)').evaluateAll((all) =>
    (all as unknown as Element[]).map((row) => ({
      key: [...row.querySelectorAll('.row-name')][0]?.title ?? '',
      values: [...row.querySelectorAll('data')].map((one) => Number(one.value)),
    })),
  )
  return new Map(
    rows.map(({ key, values }) => {
      const [tokens = 0, input = 0, output = 0, writes = 0, read = 0, calls = 0] = values.slice(-6)
      return [key, { tokens, input, output, writes, read, calls }]
    }),
  )
}

describe.each(sources)('from $name', ({ lay }) => {
  let box: Box
  let expected: Expected
  const claude = makeTempFolder()
  const dataDir = makeTempFolder()
  beforeAll(async () => {
    expected = lay(claude)
    box = await startBox({ claude, dataDir })
  })
  afterAll(async () => {
    await box?.child.stop('SIGINT')
    removeFolder(claude)
    removeFolder(dataDir)
  })

  it('every call reaches the hub once, to the token', async () => {
    const report = await until(
      () => box.report({ group: 'day' }),
      ({ totals }) => totals.calls >= expected.totals.calls,
    )
    expect(asExpected(report.totals)).toEqual(expected.totals)
    expect(daysOf(report)).toEqual(expected.days)
  })

  it.each(['day', 'model'] as const)('the page shows the exact totals by %s', async (by) => {
    const days = Object.keys(expected.days)
      .map((name) => name.split(' ')[0] ?? '')
      .sort()
    const search = new URLSearchParams({
      since: days[0] ?? '',
      until: days.at(-1) ?? '',
      step: 'day',
      table: by === 'day' ? 'time' : 'model',
      zone: 'UTC',
    })
    const { page, context } = await visit(browser, `${box.url}/app/usage?${search}`)
    const wanted = [...summed(expected, by)].map(
      ([key, { input, output, write5m, write1h, read, calls }]) =>
        [key, { tokens: input + output + write5m + write1h + read, input, output, writes: write5m + write1h, read, calls }] as const,
    )
    const shown = await until(
      () => tableOf(page),
      (table) => table.size >= wanted.length,
    )
    expect([...shown].sort()).toEqual(wanted.toSorted())
    await context.close()
  })

  it('an appended line is on the page within a second, without a reload', async () => {
    const { page, context } = await visit(browser, `${box.url}/app/usage?range=today&zone=UTC&table=session&sort=-total_tokens`)
    await until(
      () => page.locator('.live-dot[data-status="live"]').count(),
      (live) => live > 0,
    )
    let loads = 0
    page.on('load', () => loads++)
    const folder = path.join(claude, 'projects', '-home-ada-engine')
    fs.mkdirSync(folder, { recursive: true })
    const took: number[] = []
    for (let round = 1; round <= 3; round++) {
      const session = `0c0ffee0-0000-4000-8000-00000000000${round}`
      const line = JSON.stringify({
        type: 'assistant',
        timestamp: new Date().toISOString(),
        sessionId: session,
        cwd: '/home/ada/engine',
        requestId: `req_trip_${round}`,
        uuid: `uuid-${round}`,
        isSidechain: false,
        message: {
          id: `msg_trip_${round}`,
          role: 'assistant',
          model: 'claude-opus-5-5',
          content: [{ type: 'text', text: 'words' }],
          usage: { input_tokens: 1_000 + round, output_tokens: 77, cache_read_input_tokens: 0, cache_creation_input_tokens: 0 },
        },
      })
      const appended = performance.now()
      fs.appendFileSync(path.join(folder, 'trip.jsonl'), `${line}\n`)
      const table = await until(
        () => tableOf(page),
        (rows) => rows.has(session),
        5_000,
      )
      took.push(performance.now() - appended)
      expect(table.get(session)).toMatchObject({ input: 1_000 + round, output: 77, calls: 1 })
    }
    expect(loads).toBe(0)
    // The median: a shared machine may stop for a moment in one round.
    expect(took.sort((a, b) => a - b)[1]).toBeLessThan(1_000)
    await context.close()
  })
})
