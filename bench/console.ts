import fs from 'node:fs'
import { browserProcesses } from '../apps/collector/src/limits/console/browser-processes.ts'
import { consolePaths } from '../apps/collector/src/limits/console/console-paths.ts'
import { readInChild } from '../apps/collector/src/limits/console/read-in-child.ts'
import { fullRows, pageOf, startUsageSite } from '../test/browser/usage-site.ts'
import { makeTempFolder, removeFolder } from '../test/support/temp.ts'
import { median, milliseconds, percentile, type Row } from './table.ts'

/** Number of snapshots to take. */
const SNAPSHOTS = Number(process.env.BENCH_READINGS ?? 200)
const MB = 1e6

interface Memory {
  /** Bytes; pages that several processes share count once. */
  readonly pss: number
  /** Bytes; shared pages count for each process that maps them. */
  readonly rss: number
}

/** Reads the usage page many times in a row as a collector does, and measures time, memory and processes left over. */
export async function consoleSnapshots(): Promise<Row[]> {
  if (process.platform !== 'linux') return [row('A snapshot of the usage page', 'only on Linux', '', undefined)]
  const folder = makeTempFolder()
  const paths = consolePaths(folder)
  fs.mkdirSync(paths.profile)
  const site = await startUsageSite()
  // Every other page loads its limits over HTTP, so that both ways to read them are measured.
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
  const [times, peaks, resident]: [number[], Memory[], number[]] = [[], [], []]
  let leftover = 0
  let incorrect = 0
  try {
    // The first visit creates the profile, as a sign-in does; it is not measured.
    await readInChild(paths, env, new AbortController().signal)
    for (let round = 0; round < SNAPSHOTS; round++) {
      const watch = watchDescendants()
      const started = performance.now()
      const { windows } = await readInChild(paths, env, new AbortController().signal)
      times.push(performance.now() - started)
      peaks.push(watch.stop())
      if (windows[0]?.percentUsed !== 63 || windows[1]?.percentUsed !== 22) incorrect++
      leftover += (await browserProcesses(paths.profile)).length + childrenOf(process.pid).length
      if (round % 10 === 9) resident.push(settledMemory())
      if (round % 50 === 49)
        console.error(`bench: ${round + 1} snapshots, median ${milliseconds(median(times))}, ${leftover} processes left`)
    }
  } finally {
    await site.stop()
    removeFolder(folder)
  }
  const peak = (of: keyof Memory) => Math.max(...peaks.map((one) => one[of])) / MB
  const [first = 0] = resident
  const grown = ((resident.at(-1) ?? first) - first) / MB
  return [
    row(
      'A snapshot of the usage page, median',
      milliseconds(median(times)),
      '≤ 15 s',
      Math.max(...times) <= 15_000,
      `99 of 100 within ${milliseconds(percentile(times, 99))}, the longest ${milliseconds(Math.max(...times))}.`,
    ),
    row(
      'Peak memory of a snapshot, browser and reader together',
      `${peak('pss').toFixed(0)} MB`,
      '≤ 400 MB',
      peak('pss') <= 400,
      `Shared pages counted once (PSS). Counted for each process that maps them (the sum of RSS) it is ${peak('rss').toFixed(0)} MB.`,
    ),
    row(
      `After ${SNAPSHOTS} snapshots: processes left, wrong snapshots`,
      `${leftover}, ${incorrect}`,
      '0, 0',
      leftover === 0 && incorrect === 0,
    ),
    row(
      'Memory growth of the collector',
      `${grown.toFixed(1)} MB`,
      'flat',
      grown < 10,
      `From the 10th snapshot to the ${SNAPSHOTS}th, starting at ${(first / MB).toFixed(0)} MB.`,
    ),
  ]
}

const row = (what: string, measured: string, target: string, reached: boolean | undefined, note?: string): Row => ({
  what,
  measured,
  reference: '',
  target,
  reached,
  ...(note === undefined ? {} : { note }),
})

function settledMemory(): number {
  globalThis.gc?.()
  return process.memoryUsage().rss
}

/** Samples the memory of all descendant processes until it is stopped. */
function watchDescendants(): { stop(): Memory } {
  let peak: Memory = { pss: 0, rss: 0 }
  const sample = () => {
    const visited = new Set<number>()
    const todo = childrenOf(process.pid)
    for (let pid = todo.pop(); pid !== undefined; pid = todo.pop()) {
      if (visited.has(pid)) continue
      visited.add(pid)
      todo.push(...childrenOf(pid))
    }
    const sums = [...visited].map(memoryOf)
    const pss = sums.reduce((sum, one) => sum + one.pss, 0)
    const rss = sums.reduce((sum, one) => sum + one.rss, 0)
    peak = { pss: Math.max(peak.pss, pss), rss: Math.max(peak.rss, rss) }
  }
  const timer = setInterval(sample, 250)
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
    // The process ended during the scan.
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
