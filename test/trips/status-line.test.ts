import { spawn } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import type { SessionSourceRow } from '@signalbox/contract/claude-session'
import type { CurrentLimits } from '@signalbox/contract/current-limits'
import type { Session } from '@signalbox/contract/session'
import { openLedger } from '@signalbox/ledger'
import { expect, onTestFinished, test } from 'vitest'
import { runCommand, startSignalbox } from '../../apps/cli/src/cli.suite.ts'
import { ClaudeClient } from '../support/claude-client.ts'
import { tempFolder } from '../support/temp.ts'
import { until } from './box.ts'

const hours = (n: number) => Math.floor(Date.now() / 1000) + n * 3600

/** Runs the status line as Claude Code does: in a shell, with JSON on its input and the terminal's width in its environment. */
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
  "limits from a status line and from Claude Code's own file reach the ledger and the hub, and the user's status line is unchanged",
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
      return answer.ok ? ((await answer.json()) as CurrentLimits) : undefined
    }

    const installed = await runCommand(folder, ['statusline', 'install'])
    expect(installed).toMatchObject({ code: 0, stderr: '', stdout: expect.stringContaining('Your own status line stays') })
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
    await until(current, (limits) => limits?.currentSession?.percentageUsed === 23.5, 60_000)

    const utilization = { limits: [{ kind: 'session', percent: 24, resets_at: new Date(hours(3) * 1000).toISOString(), scope: null }] }
    fs.writeFileSync(
      path.join(claude, '.claude.json.tmp'),
      JSON.stringify({ numStartups: 1, cachedUsageUtilization: { fetchedAtMs: Date.now(), accountUuid: 'account-1', utilization } }),
    )
    fs.renameSync(path.join(claude, '.claude.json.tmp'), path.join(claude, '.claude.json'))
    await until(current, (limits) => limits?.currentSession?.percentageUsed === 24, 60_000)

    const ledger = openLedger({ dataDir: path.join(folder, 'data') })
    const stored = ledger.snapshots.newest().map(({ source, windows }) => [source, windows.map(({ percentUsed }) => percentUsed)])
    ledger.close()
    expect(stored).toEqual([
      ['claude-json', [24]],
      ['statusline', [23.5, 41.2]],
    ])
    expect((await runCommand(folder, ['statusline', 'uninstall'])).code).toBe(0)
    expect(fs.readFileSync(settings, 'utf8')).toBe(before)
    expect(await runStatusLine(settings, input)).toEqual({ code: 3, stdout: `${input} 97\n`, stderr: '' })
  },
)

test.skipIf(process.platform === 'win32')(
  'what a status line says about its session is believed for context, cost and cache, and is removed from the spool',
  async () => {
    const folder = tempFolder()
    const configDir = path.join(folder, 'claude')
    fs.mkdirSync(configDir)
    const up = startSignalbox(folder, ['up'], { PORT: '0', LIMIT_SOURCES: 'statusline' })
    onTestFinished(async () => void (await up.stop()))
    const [, url = ''] = await up.line(/ is at (http:\S+)/)
    const ask = async <T>(at: string) => {
      const answer = await fetch(`${url}${at}`)
      if (!answer.ok) throw new Error(`the hub answered ${answer.status}`)
      return (await answer.json()) as T
    }
    expect((await runCommand(folder, ['statusline', 'install'])).code).toBe(0)
    const claude = new ClaudeClient({ configDir })
    onTestFinished(() => claude.kill())
    claude.status('busy')
    claude.prompt('go')
    claude.answer('end_turn', 'done', 12_000)
    const rows = () => ask<SessionSourceRow[]>(`/sessions/${claude.sessionId}/sources`)
    const bySource = (all: SessionSourceRow[], source: string) =>
      Object.fromEntries(all.flatMap((row) => (row.source === source ? [[row.field, [row.value, row.believed]]] : [])))
    // The transcript is believed while there is nothing better.
    await until(rows, (all) => bySource(all, 'transcript').cost_usd !== undefined)
    expect(bySource(await rows(), 'transcript')).toMatchObject({ context_tokens: [12_312, true], cost_usd: [expect.any(Number), true] })

    const expiresAt = hours(1)
    const input = {
      session_id: claude.sessionId,
      transcript_path: claude.transcript,
      cwd: claude.cwd,
      model: { id: 'claude-opus-5-5', display_name: 'Opus 5.5' },
      version: '2.1.332',
      effort: { level: 'high' },
      cost: { total_cost_usd: 0.75 },
      context_window: { context_window_size: 1_000_000, current_usage: { input_tokens: 12, cache_read_input_tokens: 12_400 } },
      prompt_cache: { warm: true, expires_at: expiresAt },
      rate_limits: { five_hour: { used_percentage: 23.5, resets_at: hours(3) } },
    }
    const settings = path.join(configDir, 'settings.json')
    await runStatusLine(settings, JSON.stringify(input))
    await until(rows, (all) => bySource(all, 'statusline').cost_usd !== undefined)
    const all = await rows()
    const cacheExpiry = new Date(expiresAt * 1_000).toISOString()
    expect(bySource(all, 'statusline')).toEqual({
      model: ['claude-opus-5-5', true],
      version: ['2.1.332', true],
      effort: ['high', true],
      context_tokens: [12_412, true],
      context_limit: [1_000_000, true],
      cache_expires_at: [cacheExpiry, true],
      cost_usd: [0.75, true],
    })
    expect(bySource(all, 'transcript')).toMatchObject({ context_tokens: [12_312, false], cost_usd: [expect.any(Number), false] })
    expect(bySource(all, 'process-file')).toMatchObject({ version: ['2.1.332', false], alive: ['alive', true] })
    expect(await ask<Session>(`/sessions/${claude.sessionId}`)).toMatchObject({
      project_id: claude.cwd,
      status: 'active',
      claude_code: { cost_usd: 0.75, context_tokens: 12_412, sources: ['process-file', 'statusline', 'transcript'] },
    })
    // The plan limits of the same line arrive as well, by their own way.
    await until(
      () => ask<CurrentLimits>('/api/claude/console-usage'),
      (limits) => limits.currentSession?.percentageUsed === 23.5,
    )
    await until(
      async () => fs.readdirSync(path.join(folder, 'data', 'statusline', 'spool')),
      (left) => left.length === 0,
    )

    // After a compaction it no longer knows the context, and the transcript is believed again.
    const compacted = { ...input, context_window: { context_window_size: 1_000_000, current_usage: null } }
    await runStatusLine(settings, JSON.stringify(compacted))
    const later = await until(rows, (now) => bySource(now, 'statusline').context_tokens?.[0] === null)
    expect(bySource(later, 'transcript').context_tokens).toEqual([12_312, true])
    await claude.exit()
    await until(
      () => ask<Session>(`/sessions/${claude.sessionId}`),
      ({ status }) => status === 'completed',
    )
  },
)
