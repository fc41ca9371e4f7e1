import fs from 'node:fs'
import path from 'node:path'
import type { SessionSourceRow } from '@signalbox/contract/claude-session'
import { expect, onTestFinished, test } from 'vitest'
import { runCommand, startSignalbox } from '../../apps/cli/src/cli.suite.ts'
import { readCacheExpiry } from '../../apps/cli/src/statusline/cache-expiry.ts'
import { bash, script, text } from '../support/messages-api.ts'
import { until } from '../trips/box.ts'
import { claudeCode, newest, old } from './client.ts'
import { clientHome } from './client-home.ts'

const SECRET = 'planted-7c1d'

test.for([newest, old])(
  'the installed status line of Claude Code %s says context and limit of its session, and what its version knows of cost and cache',
  async (version, { skip }) => {
    const client = await claudeCode(version, skip)
    const home = await clientHome()
    const cwd = await home.project()
    const env = { CLAUDE_CONFIG_DIR: home.config }
    const up = startSignalbox(home.folder, ['up'], { PORT: '0', LIMIT_SOURCES: 'statusline', ...env })
    onTestFinished(async () => void (await up.stop()))
    const [, url = ''] = await up.line(/ is at (http:\S+)/)
    expect((await runCommand(home.folder, ['statusline', 'install'], env)).code).toBe(0)

    const terminal = home.terminal(client, { cwd })
    const { sessionId } = await terminal.ready()
    const ask = async (session: string) => {
      const answer = await fetch(`${url}/sessions/${session}/sources`)
      if (!answer.ok) throw new Error(`the hub answered ${answer.status}`)
      const rows = (await answer.json()) as SessionSourceRow[]
      return Object.fromEntries(rows.flatMap((row) => (row.source === 'statusline' ? [[row.field, row]] : [])))
    }
    // Before the first answer the client does not know the context.
    await until(
      () => ask(sessionId),
      ({ context_limit: limit }) => limit !== undefined,
    )
    const usage = { input_tokens: 12, cache_creation_input_tokens: 20_000, cache_read_input_tokens: 30_000, output_tokens: 500 }
    await terminal.submit(script({ usage }, text(`It is ${SECRET}.`)))
    await terminal.waitForAnswer(`It is ${SECRET}.`)
    const rows = await until(
      () => ask(sessionId),
      ({ context_tokens: tokens }) => tokens?.value === 50_012,
    )
    expect(rows.context_tokens).toMatchObject({ believed: true })
    expect(rows.context_limit).toMatchObject({ value: 1_000_000, believed: true })
    expect(rows.version).toMatchObject({ value: version })
    expect(rows.model?.value).toMatch(/^claude-[a-z0-9-]+$/)
    expect(rows.effort?.value).toMatch(/^[a-z]+$/)
    expect(rows.alive).toBeUndefined()
    if (version === newest) {
      expect(rows.cost_usd).toMatchObject({ believed: true })
      expect(rows.cost_usd?.value).toBeGreaterThan(0)
      expect(Date.parse(String(rows.cache_expires_at?.value))).toBeGreaterThan(Date.now())
    } else expect([rows.cost_usd, rows.cache_expires_at]).toEqual([undefined, undefined])

    // The next session begins anew, and the ended one stays ended, though its client shows lines while it ends.
    await terminal.submit('/clear')
    const next = await terminal.waitForProcessFile((file) => file.sessionId !== sessionId)
    const less = { input_tokens: 12, cache_creation_input_tokens: 300, cache_read_input_tokens: 4_000, output_tokens: 42 }
    await terminal.submit(script({ usage: less }, bash(`echo ${SECRET}`), text('It is done.')))
    await terminal.waitForAnswer('It is done.')
    const after = await until(
      () => ask(next.sessionId),
      ({ context_tokens: tokens }) => tokens?.value === 4_312,
    )
    if (version === newest) expect(Number(after.cost_usd?.value)).toBeLessThan(Number(rows.cost_usd?.value))
    await terminal.submit('/exit')
    await terminal.ended
    const spool = path.join(home.folder, 'data', 'statusline', 'spool')
    await expect.poll(() => fs.readdirSync(spool), { timeout: 30_000 }).toEqual([])
    for (const session of [sessionId, next.sessionId]) {
      await until(
        async () => (await (await fetch(`${url}/sessions/${session}`)).json()) as { status: string },
        ({ status }) => status === 'completed',
      )
    }
    await up.stop()
    const stored = fs.readdirSync(path.join(home.folder, 'data')).filter((name) => /\.db/.test(name))
    expect(stored.length).toBeGreaterThan(0)
    for (const name of stored) expect(fs.readFileSync(path.join(home.folder, 'data', name), 'latin1')).not.toContain(SECRET)
  },
)

test.for([newest, old])(
  'the Signalbox line in Claude Code %s says when the prompt cache expires, by its transcript where the client does not',
  async (version, { skip }) => {
    const client = await claudeCode(version, skip)
    const home = await clientHome()
    const saved = path.join(home.folder, 'lines')
    fs.mkdirSync(saved)
    home.changeSettings({ statusLine: { type: 'command', command: `cat > '${saved}'/$$.tmp && mv '${saved}'/$$.tmp '${saved}'/$$.json` } })
    const terminal = home.terminal(client, { cwd: await home.project() })
    await terminal.ready()
    // Of an API key the client asks for a cache of five minutes.
    const usage = { input_tokens: 12, cache_creation_input_tokens: 20_000, cache_read_input_tokens: 30_000, output_tokens: 500 }
    await terminal.submit(script({ usage }, text('It is done.')))
    await terminal.waitForAnswer('It is done.')
    const newestLine = () => {
      const files = fs.readdirSync(saved).map((name) => path.join(saved, name))
      const [file] = files.filter((one) => one.endsWith('.json')).sort((a, b) => fs.statSync(b).mtimeMs - fs.statSync(a).mtimeMs)
      return file === undefined ? '' : fs.readFileSync(file, 'utf8')
    }
    const input = await until(
      async () => newestLine(),
      (line) => line.includes('30000'),
    )
    const { transcript_path: transcript, prompt_cache: cache } = JSON.parse(input)
    const expiry = readCacheExpiry(transcript)
    expect(expiry).toBeGreaterThan(Date.now() + 3 * 60_000)
    if (version === newest) {
      expect(cache.ttl).toBe('5m')
      // The client counts from the moment at which it has the whole answer.
      expect(Math.abs(cache.expires_at * 1000 - expiry!)).toBeLessThan(2_000)
    } else expect(cache).toBeUndefined()
    const { stdout } = await runCommand(home.folder, ['statusline'], { COLUMNS: '200' }, { stdin: input })
    expect(stdout).toMatch(/ · cache [345] min \(until \d\d:\d\d\)\n$/)
    if (version === newest) expect(stdout).toMatch(/ · (?:<\$0\.01|\$\d+\.\d\d) · cache /)
    else expect(stdout).not.toContain('$')
  },
)
