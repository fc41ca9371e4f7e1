import fs from 'node:fs'
import path from 'node:path'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { launch, visit } from '../browser/harness.ts'
import { realTranscripts } from '../support/real-transcripts.ts'
import { makeTempFolder, removeFolder } from '../support/temp.ts'
import { type Expected, writeTranscripts } from '../support/transcripts.ts'
import { type Box, startBox, until } from './box.ts'
import { sumBy, toExpected, toExpectedDays } from './totals.ts'
import { readTable } from './usage-table.ts'

// From a line in a transcript to the page, through the real collector, hub and browser.

const real = realTranscripts()
const sources: { name: string; write: (folder: string) => Expected }[] = [
  {
    name: 'generated transcripts',
    write: (folder) => writeTranscripts(folder, { seed: 7, calls: 400 }).expected,
  },
]
if (real) {
  sources.push({
    name: 'the real transcripts',
    write: (folder) => {
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

describe.each(sources)('from $name', ({ write }) => {
  let box: Box
  let expected: Expected
  const claude = makeTempFolder()
  const dataDir = makeTempFolder()
  beforeAll(async () => {
    expected = write(claude)
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
    expect(toExpected(report.totals)).toEqual(expected.totals)
    expect(toExpectedDays(report)).toEqual(expected.days)
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
    const wanted = [...sumBy(expected, by)].map(
      ([key, { input, output, write5m, write1h, read, calls }]) =>
        [key, { tokens: input + output + write5m + write1h + read, input, output, writes: write5m + write1h, read, calls }] as const,
    )
    const table = await until(
      () => readTable(page),
      (rows) => rows.size >= wanted.length,
    )
    expect([...table].sort()).toEqual(wanted.toSorted())
    await context.close()
  })
})
