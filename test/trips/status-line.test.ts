import { spawn } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import type { CurrentLimitReading } from '@signalbox/contract/limits'
import { openLedger } from '@signalbox/ledger'
import { expect, onTestFinished, test } from 'vitest'
import { signalbox, startSignalbox } from '../../apps/cli/src/cli.suite.ts'
import { tempFolder } from '../support/temp.ts'
import { until } from './box.ts'

const hours = (n: number) => Math.floor(Date.now() / 1000) + n * 3600

/** As Claude Code runs it: a shell, the JSON on its input, the width of the terminal in its environment. */
function runStatusLine(settings: string, input: string): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const { statusLine } = JSON.parse(fs.readFileSync(settings, 'utf8')) as { statusLine: { command: string } }
  return new Promise((resolve, reject) => {
    const child = spawn(statusLine.command, { shell: true, env: { ...process.env, COLUMNS: '97', LINES: '40' } })
    let [stdout, stderr] = ['', '']
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text
    })
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text
    })
    child.on('error', reject)
    child.on('close', (code) => resolve({ code, stdout, stderr }))
    child.stdin.end(input)
  })
}

test.skipIf(process.platform === 'win32')(
  "what a status line and Claude Code's own file say of the plan is in the ledger and on the hub, and the user's line is as it was",
  async () => {
    const folder = tempFolder()
    const claude = path.join(folder, 'claude')
    const settings = path.join(claude, 'settings.json')
    const before =
      '{\n\t"model": "opus",\n\t"statusLine": { "command": "cat; echo \\u0022 $COLUMNS\\u0022; exit 3", "type":"command", "padding": 0 }\n}'
    fs.mkdirSync(claude)
    fs.writeFileSync(settings, before)

    const up = startSignalbox(folder, ['up'], { PORT: '0', LIMIT_SOURCES: 'claude-json,statusline' })
    onTestFinished(async () => void (await up.stop()))
    const [, url = ''] = await up.line(/ is at (http:\S+)/)
    const current = async () => {
      const answer = await fetch(`${url}/api/claude/console-usage`)
      return answer.ok ? ((await answer.json()) as CurrentLimitReading) : undefined
    }

    const installed = await signalbox(folder, ['statusline', 'install'])
    expect(installed).toMatchObject({ code: 0, stderr: '', stdout: expect.stringContaining('goes on with its own status line') })
    const input = JSON.stringify({
      session_id: '6f0d2c1e-0000-4000-8000-000000000001',
      transcript_path: path.join(claude, 'projects', '-work', 'x.jsonl'),
      model: { display_name: 'Saga 1' },
      rate_limits: {
        five_hour: { used_percentage: 23.5, resets_at: hours(3) },
        seven_day: { used_percentage: 41.2, resets_at: hours(60) },
      },
    })
    expect(await runStatusLine(settings, input)).toEqual({ code: 3, stdout: `${input} 97\n`, stderr: '' })
    await until(current, (reading) => reading?.currentSession?.percentageUsed === 23.5, 60_000)

    const told = { limits: [{ kind: 'session', percent: 24, resets_at: new Date(hours(3) * 1000).toISOString(), scope: null }] }
    fs.writeFileSync(
      path.join(claude, '.claude.json.tmp'),
      JSON.stringify({ numStartups: 1, cachedUsageUtilization: { fetchedAtMs: Date.now(), accountUuid: 'account-1', utilization: told } }),
    )
    fs.renameSync(path.join(claude, '.claude.json.tmp'), path.join(claude, '.claude.json'))
    await until(current, (reading) => reading?.currentSession?.percentageUsed === 24, 60_000)

    const ledger = openLedger({ dataDir: path.join(folder, 'data') })
    const kept = ledger.readings.newest().map(({ source, windows }) => [source, windows.map(({ percentUsed }) => percentUsed)])
    ledger.close()
    expect(kept).toEqual([
      ['claude-json', [24]],
      ['statusline', [23.5, 41.2]],
    ])
    expect((await signalbox(folder, ['statusline', 'uninstall'])).code).toBe(0)
    expect(fs.readFileSync(settings, 'utf8')).toBe(before)
    expect(await runStatusLine(settings, input)).toEqual({ code: 3, stdout: `${input} 97\n`, stderr: '' })
  },
)
