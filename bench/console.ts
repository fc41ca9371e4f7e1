import fs from 'node:fs'
import { consolePlaces } from '../apps/collector/src/limits/console/places.ts'
import { browserProcesses } from '../apps/collector/src/limits/console/processes.ts'
import { readInChild } from '../apps/collector/src/limits/console/reader.ts'
import { fullRows, pageOf, startUsageSite } from '../test/browser/usage-site.ts'
import { makeTempFolder, removeFolder } from '../test/support/temp.ts'
import { median, milliseconds, percentile, type Row } from './table.ts'

/** Readings of the soak. */
const READINGS = Number(process.env.BENCH_READINGS ?? 200)
const MB = 1e6

interface Memory {
  /** Bytes: pages that several processes share are counted once. */
  readonly pss: number
  /** Bytes: the same pages counted for each process that has them. */
  readonly rss: number
}

/** Reads the usage page many times in a row as a collector does: what it takes, and what it leaves behind. */
export async function consoleReadings(): Promise<Row[]> {
  if (process.platform !== 'linux') return [row('A reading of the usage page', 'only Linux tells it', '', undefined)]
  const folder = makeTempFolder()
  const places = consolePlaces(folder)
  fs.mkdirSync(places.profile)
  const site = await startUsageSite()
  // Every other one has an answer of its own, so that both ways are measured.
  site.page = (_, response) => {
    const asks = site.asked.length % 2 === 0 ? `fetch('/api/organizations/7c9e/usage').then((a) => a.json())` : ''
    response.end(pageOf({ ...fullRows, script: asks }))
  }
  site.answer = (response) => {
    const resets_at = new Date(Date.now() + 3_600_000).toISOString()
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify({ five_hour: { utilization: 63, resets_at }, seven_day: { utilization: 22, resets_at } }))
  }
  const env = { DATA_DIR: folder, CLAUDE_CONSOLE_URL: site.url, MACHINE_ID: 'bench' }
  const [times, peaks, own]: [number[], Memory[], number[]] = [[], [], []]
  let left = 0
  let wrong = 0
  try {
    // A profile is made by a sign-in, not by a reading.
    await readInChild(places, env, new AbortController().signal)
    for (let reading = 0; reading < READINGS; reading++) {
      const watch = watchTree()
      const started = performance.now()
      const { windows } = await readInChild(places, env, new AbortController().signal)
      times.push(performance.now() - started)
      peaks.push(watch.stop())
      if (windows[0]?.percentUsed !== 63 || windows[1]?.percentUsed !== 22) wrong++
      left += (await browserProcesses(places.profile)).length + childrenOf(process.pid).length
      if (reading % 10 === 9) own.push(settledMemory())
      if (reading % 50 === 49)
        console.error(`bench: ${reading + 1} readings, median ${milliseconds(median(times))}, ${left} processes left`)
    }
  } finally {
    await site.stop()
    removeFolder(folder)
  }
  const most = (of: keyof Memory) => Math.max(...peaks.map((one) => one[of])) / MB
  const [first = 0] = own
  const grown = ((own.at(-1) ?? first) - first) / MB
  return [
    row(
      'A reading of the usage page, median',
      milliseconds(median(times)),
      '≤ 15 s',
      Math.max(...times) <= 15_000,
      `99 of 100 within ${milliseconds(percentile(times, 99))}, the longest ${milliseconds(Math.max(...times))}.`,
    ),
    row(
      'Memory of a reading, browser and reader together, at its peak',
      `${most('pss').toFixed(0)} MB`,
      '≤ 400 MB',
      most('pss') <= 400,
      `Shared pages counted once (PSS). Counted for each process that maps them (the sum of RSS) it is ${most('rss').toFixed(0)} MB.`,
    ),
    row(`After ${READINGS} readings: processes left, wrong readings`, `${left}, ${wrong}`, '0, 0', left === 0 && wrong === 0),
    row(
      'Memory that the collector kept of them',
      `${grown.toFixed(1)} MB`,
      'flat',
      grown < 10,
      `From the 10th reading to the ${READINGS}th; ${(first / MB).toFixed(0)} MB at first.`,
    ),
  ]
}

const row = (what: string, measured: string, least: string, reached: boolean | undefined, note?: string): Row => ({
  what,
  measured,
  reference: '',
  least,
  reached,
  ...(note === undefined ? {} : { note }),
})

function settledMemory(): number {
  globalThis.gc?.()
  return process.memoryUsage().rss
}

/** Follows the memory of all our children and theirs until it is stopped. */
function watchTree(): { stop(): Memory } {
  let peak: Memory = { pss: 0, rss: 0 }
  const look = () => {
    const seen = new Set<number>()
    const todo = childrenOf(process.pid)
    for (let pid = todo.pop(); pid !== undefined; pid = todo.pop()) {
      if (seen.has(pid)) continue
      seen.add(pid)
      todo.push(...childrenOf(pid))
    }
    const sums = [...seen].map(memoryOf)
    const pss = sums.reduce((sum, one) => sum + one.pss, 0)
    const rss = sums.reduce((sum, one) => sum + one.rss, 0)
    peak = { pss: Math.max(peak.pss, pss), rss: Math.max(peak.rss, rss) }
  }
  const timer = setInterval(look, 250)
  return {
    stop() {
      clearInterval(timer)
      return peak
    },
  }
}

function childrenOf(pid: number): number[] {
  try {
    return fs
      .readdirSync(`/proc/${pid}/task`)
      .flatMap((task) => fs.readFileSync(`/proc/${pid}/task/${task}/children`, 'utf8').trim().split(' '))
      .filter((child) => child !== '')
      .map(Number)
  } catch {
    // Ended while we looked.
    return []
  }
}

function memoryOf(pid: number): Memory {
  try {
    const text = fs.readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8')
    const bytes = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(text)?.[1] ?? 0) * 1024
    return { pss: bytes('Pss'), rss: bytes('Rss') }
  } catch {
    return { pss: 0, rss: 0 }
  }
}
