import { spawnSync } from 'node:child_process'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { install } from '../apps/cli/src/statusline/install.ts'
import { median, milliseconds, percentile, type Row } from './table.ts'

const ROUNDS = 300
const bin = path.resolve(import.meta.dirname, '../apps/cli/bin/signalbox.mjs')

/** As large as Claude Code's own. */
const told = JSON.stringify({
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

/** What ours costs a user's status line beyond the shell it runs in anyway. */
export async function statusLine(): Promise<Row[]> {
  const room = fs.mkdtempSync(path.join(os.tmpdir(), 'signalbox-bench-'))
  try {
    const former = 'cat > /dev/null'
    const settings = path.join(room, 'settings.json')
    fs.writeFileSync(settings, JSON.stringify({ statusLine: { type: 'command', command: former } }))
    install({ dataDir: path.join(room, 'data'), settings, platform: process.platform, signalbox: [process.execPath, bin] })
    const { statusLine } = JSON.parse(fs.readFileSync(settings, 'utf8')) as { statusLine: { command: string } }
    const [ours, alone, more]: [number[], number[], number[]] = [[], [], []]
    for (let n = -20; n < ROUNDS; n++) {
      const [first, second] = [timed(former), timed(statusLine.command)]
      if (n < 0) continue
      alone.push(first)
      ours.push(second)
      more.push(second - first)
    }
    const p99 = percentile(ours, 99) - percentile(alone, 99)
    return [
      {
        what: 'our part before a status line command',
        measured: `p50 ${milliseconds(median(ours))}, p99 ${milliseconds(percentile(ours, 99))}; ${milliseconds(median(more))} more in the middle`,
        reference: `the shell without it: p50 ${milliseconds(median(alone))}, p99 ${milliseconds(percentile(alone, 99))}`,
        least: '≤ 10 ms more',
        reached: median(more) <= 10 && p99 <= 10,
      },
    ]
  } finally {
    fs.rmSync(room, { recursive: true, force: true })
  }
}

function timed(command: string): number {
  const started = performance.now()
  const { status } = spawnSync('/bin/sh', ['-c', command], { input: told, stdio: ['pipe', 'pipe', 'inherit'] })
  const spent = performance.now() - started
  if (status !== 0) throw new Error(`${command} ended with ${status}`)
  return spent
}
