import fs from 'node:fs'
import path from 'node:path'
import { gzipSync } from 'node:zlib'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { house } from '../support/house.ts'
import { makeTempFolder, removeFolder } from '../support/temp.ts'
import { read } from './reading.ts'
import { launch, type StagedHub, sendSample, startHub, type Visit, visit } from './stage.ts'

let hub: StagedHub
let browser: Browser
const dataDir = makeTempFolder()

beforeAll(async () => {
  ;[hub, browser] = await Promise.all([startHub({ dataDir }), launch()])
  await sendSample(hub, { now: Date.now(), days: 8, timezone: 'Europe/Berlin' })
  await read(hub, 60_000)
})

afterAll(async () => {
  await browser?.close()
  await hub?.stop()
  removeFolder(dataDir)
})

async function see(): Promise<Visit> {
  const visited = await visit(browser, `${hub.url}/app`)
  onTestFinished(() => visited.context.close())
  return visited
}

async function settled(page: Page): Promise<void> {
  await page.locator('.today-sentence').waitFor()
  for (const part of ['.models-row', '.limit-row']) await page.locator(part).first().waitFor()
}

test('the first screen needs at most 150 kB of JavaScript, and is drawn within a second', async () => {
  const { page, requests } = await see()
  await settled(page)
  const scripts = requests.filter((url) => url.endsWith('.js')).map((url) => path.join(house, 'apps/dashboard/dist', new URL(url).pathname))
  expect(scripts.length).toBeGreaterThan(0)
  const bytes = scripts.reduce((sum, file) => sum + gzipSync(fs.readFileSync(file), { level: 6 }).length, 0)
  expect(bytes).toBeLessThanOrEqual(150 * 1000)
  // The best of three visits, each with a cold cache: the others may have shared the machine with somebody.
  const paints: number[] = []
  for (let visits = 0; visits < 3; visits++) {
    const again = await see()
    await settled(again.page)
    const first = 'performance.getEntriesByType("paint").find(({ name }) => name === "first-contentful-paint").startTime'
    paints.push(Number(await again.page.evaluate(first)))
    await again.context.close()
  }
  expect(Math.min(...paints)).toBeLessThan(1_000)
})
