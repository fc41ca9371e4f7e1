import { spawnSync } from 'node:child_process'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { install } from '../apps/cli/src/statusline/install.ts'
import { median, milliseconds, percentile, type Row } from './table.ts'

const ROUNDS = 300
const bin = path.resolve(import.meta.dirname, '../apps/cli/bin/signalbox.cjs')

/** Input as large as Claude Code's. */
const input = JSON.stringify({
  session_id: '6f0d2c1e-0000-4000-8000-000000000001',
  model: { id: 'claude-saga-1', display_name: 'Saga 1' },
  workspace: {
    current_dir: '/home/dev/work',
    project_dir: '/home/dev/work',
    added_dirs: Array.from({ length: 20 }, (_, n) => `/home/dev/other-${n}`),
  },
  context_window: { used_percentage: 8, context_window_size: 1_000_000 },
  rate_limits: {
    five_hour: { used_percentage: 23.5, resets_at: 1_800_000_000 },
    seven_day: { used_percentage: 41, resets_at: 1_800_400_000 },
  },
})

/** Measures what our part adds to a user's status line command. */
export async function statusLine(): Promise<Row[]> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'signalbox-bench-'))
  try {
    const original = 'cat > /dev/null'
    const settings = path.join(folder, 'settings.json')
    fs.writeFileSync(settings, JSON.stringify({ statusLine: { type: 'command', command: original } }))
    install({ dataDir: path.join(folder, 'data'), settings, platform: process.platform, signalbox: [process.execPath, bin] })
    const { statusLine } = JSON.parse(fs.readFileSync(settings, 'utf8')) as { statusLine: { command: string } }
    const [ours, alone, extra]: [number[], number[], number[]] = [[], [], []]
    const spent = { ours: 0, alone: 0 }
    for (let n = -20; n < ROUNDS; n++) {
      const before = childrenTime()
      const first = timed(original)
      const between = childrenTime()
      const second = timed(statusLine.command)
      const after = childrenTime()
      if (n < 0) continue
      alone.push(first)
      ours.push(second)
      extra.push(second - first)
      spent.alone += between - before
      spent.ours += after - between
    }
    const p99 = percentile(ours, 99) - percentile(alone, 99)
    return [
      {
        what: 'our part before a status line command',
        measured: `p50 ${milliseconds(median(ours))}, p99 ${milliseconds(percentile(ours, 99))}; ${milliseconds(median(extra))} more in the median`,
        reference: `the shell without it: p50 ${milliseconds(median(alone))}, p99 ${milliseconds(percentile(alone, 99))}`,
        target: '≤ 10 ms more',
        reached: median(extra) <= 10 && p99 <= 10,
        ...(spent.ours > 0
          ? { note: `processor time ${milliseconds(spent.ours / ROUNDS)} a run, without it ${milliseconds(spent.alone / ROUNDS)}` }
          : {}),
      },
    ]
  } finally {
    fs.rmSync(folder, { recursive: true, force: true })
  }
}

function timed(command: string): number {
  const started = performance.now()
  const { status } = spawnSync('/bin/sh', ['-c', command], { input, stdio: ['pipe', 'pipe', 'inherit'] })
  const spent = performance.now() - started
  if (status !== 0) throw new Error(`${command} ended with ${status}`)
  return spent
}

/** Processor time of ended children in milliseconds, in steps of ten; 0 where the system does not report it. */
function childrenTime(): number {
  try {
    const stat = fs.readFileSync('/proc/self/stat', 'latin1')
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return (Number(fields[13]) + Number(fields[14])) * 10
  } catch {
    return 0
  }
}
