import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import fs from 'node:fs'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import os from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { median, milliseconds, percentile, type Row } from './table.ts'

const ROUNDS = 300
const plugin = path.resolve(import.meta.dirname, '../apps/claude-plugin')

/** The size of a usual event: a tool with some lines of output. */
const input = JSON.stringify({
  session_id: '6f0d2c1e-0000-4000-8000-000000000001',
  transcript_path: '/home/dev/.claude/projects/-home-dev-work/6f0d2c1e-0000-4000-8000-000000000001.jsonl',
  cwd: '/home/dev/work',
  prompt_id: '1b1f7a52-0000-4000-8000-000000000001',
  permission_mode: 'default',
  hook_event_name: 'PostToolUse',
  tool_name: 'Bash',
  tool_input: { command: 'npm test', description: 'Run the tests' },
  tool_response: { stdout: 'ok\n'.repeat(1_000), stderr: '', interrupted: false },
  tool_use_id: 'toolu_1',
  duration_ms: 21,
})

/** Measures what a hook of the plugin adds to the session's wait, beside a hook that does nothing. */
export async function hook(): Promise<Row[]> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'signalbox-bench-'))
  const hub = http.createServer((request, response) => {
    request.resume().on('end', () => {
      response.writeHead(200, { 'content-type': 'application/json' }).end('{"accepted":1,"rejected":[]}')
    })
  })
  hub.listen(0, '127.0.0.1')
  await once(hub, 'listening')
  const env = {
    PATH: `${path.dirname(process.execPath)}:${process.env.PATH}`,
    HOME: folder,
    CLAUDE_PLUGIN_ROOT: plugin,
    CLAUDE_PLUGIN_DATA: path.join(folder, 'data'),
    CLAUDE_PID: String(process.pid),
    CLAUDE_PROJECT_DIR: '/home/dev/work',
    CLAUDE_CODE_ENTRYPOINT: 'cli',
    SIGNALBOX_URL: `http://127.0.0.1:${(hub.address() as AddressInfo).port}`,
  }
  const { hooks } = JSON.parse(fs.readFileSync(path.join(plugin, 'hooks/hooks.json'), 'utf8')) as {
    hooks: Record<string, { hooks: { command: string }[] }[]>
  }
  const command = hooks.PostToolUse?.[0]?.hooks[0]?.command ?? ''
  const timed = (run: string[]) => {
    const started = performance.now()
    const { status, stdout, stderr } = spawnSync(run[0] ?? '', run.slice(1), { input, env, cwd: folder })
    const spent = performance.now() - started
    if (status !== 0 || stdout.length + stderr.length > 0) throw new Error(`${run.join(' ')} ended with ${status}: ${stdout}${stderr}`)
    return spent
  }
  const runs = {
    'an empty shell command': ['/bin/sh', '-c', ':'],
    'the hook': ['/bin/sh', '-c', command],
    'an empty Node': [process.execPath, '-e', ''],
    'the hook without a shell': [process.execPath, path.join(plugin, 'dist/observe.mjs')],
  }
  const spent = Object.fromEntries(Object.keys(runs).map((name) => [name, [] as number[]])) as Record<keyof typeof runs, number[]>
  try {
    // The first one starts the sender.
    timed(runs['the hook'])
    while (!fs.existsSync(path.join(env.CLAUDE_PLUGIN_DATA, 'sender'))) await sleep(20)
    for (let round = -10; round < ROUNDS; round++) {
      for (const [name, run] of Object.entries(runs)) {
        const ms = timed(run)
        if (round >= 0) spent[name as keyof typeof runs].push(ms)
        // In a session there is time between two events, in which the sender works.
        await sleep(round % 10 === 0 ? 50 : 5)
      }
    }
  } finally {
    const sender = Number(fs.readFileSync(path.join(env.CLAUDE_PLUGIN_DATA, 'sender'), 'utf8'))
    if (sender > 0) process.kill(sender)
    hub.closeAllConnections()
    hub.close()
    await sleep(200)
    fs.rmSync(folder, { recursive: true, force: true })
  }
  const row = (what: string, name: keyof typeof runs, base: keyof typeof runs, target: number): Row => {
    const more = median(spent[name]) - median(spent[base])
    return {
      what,
      measured: `p50 ${milliseconds(median(spent[name]))}, p99 ${milliseconds(percentile(spent[name], 99))}; ${milliseconds(more)} more in the median`,
      reference: `${base}: p50 ${milliseconds(median(spent[base]))}, p99 ${milliseconds(percentile(spent[base], 99))}`,
      target: `≤ ${target} ms more`,
      reached: more <= target,
    }
  }
  return [
    row('a hook of the plugin, which the session waits for', 'the hook', 'an empty shell command', 15),
    row('the same where there is no POSIX shell', 'the hook without a shell', 'an empty Node', 40),
  ]
}
