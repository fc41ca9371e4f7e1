import fs from 'node:fs'
import path from 'node:path'
import { openLedger } from '@signalbox/ledger'
import type { PlanWindow } from '@signalbox/usage/limit-snapshot'
import Database from 'better-sqlite3'
import { expect, test } from 'vitest'
import { tempFolder } from '../../../../test/support/temp.ts'
import { writeTranscripts } from '../../../../test/support/transcripts.ts'
import { runCommand, signalbox } from '../cli.suite.ts'
import { openHubFixture } from '../hub.suite.ts'

interface Finding {
  about: string
  state: string
  text: string
  advice?: string
}

async function examine(folder: string, extra: Record<string, string> = {}) {
  const { code, stdout } = await runCommand(folder, ['doctor', '--json'], extra)
  const { ok, findings } = JSON.parse(stdout) as { ok: boolean; findings: Finding[] }
  expect(ok).toBe(code === 0)
  // Every problem has a suggested fix.
  for (const { state, advice } of findings) expect(advice === undefined).toBe(state === 'ok')
  return { code, findings, about: (name: string) => findings.filter(({ about }) => about === name) }
}

test('missing parts are warnings, not failures', async () => {
  const folder = tempFolder()
  const { files, calls } = writeTranscripts(path.join(folder, 'claude'))
  const { code, about } = await examine(folder)
  expect(code).toBe(0)
  expect(about('Transcripts')[0]).toMatchObject({ state: 'ok', text: expect.stringContaining(`${files.length} files`) })
  expect(about('Local database')[0]).toMatchObject({ state: 'ok', text: expect.stringContaining(`${calls.length} calls`) })
  // Beside the calls: the estimates of those that are not finished.
  const [records] = /^\d+(?= records of calls not sent to a hub yet)/.exec(about('Upload queue')[0]?.text ?? '') ?? []
  expect(Number(records)).toBeGreaterThanOrEqual(calls.length)
  // A hub of the person who runs the tests may listen on the default port.
  const [hub] = about('Hub')
  if (hub?.state !== 'ok') expect(hub).toMatchObject({ state: 'warn', advice: expect.stringContaining('signalbox up') })
  expect(about('Collector')[0]).toMatchObject({ state: 'warn' })
  expect(about('Prices').some(({ state, text }) => state === 'warn' && text.startsWith('no price for'))).toBe(true)
})

test('where Claude Code has not run, one line says so, and what of Signalbox is installed in it has one line', async () => {
  const folder = tempFolder()
  const home = path.join(folder, 'home')
  const env = { HOME: home, USERPROFILE: home, CLAUDE_CONFIG_DIR: '' }
  const run = async (...words: string[]) => (await signalbox(folder, words, env)).stdout
  const fresh = JSON.parse(await run('doctor', '--json')) as { findings: Finding[] }
  const about = (name: string, { findings } = fresh) => findings.filter((one) => one.about === name)
  expect(about('Transcripts')).toMatchObject([{ state: 'warn', advice: expect.stringContaining('Use Claude Code once') }])
  expect(about('Local database')).toMatchObject([{ state: 'ok' }])
  expect(about('Claude Code')).toMatchObject([
    {
      state: 'warn',
      text: expect.stringMatching(/^plugin not installed, hooks not installed, status line not installed \(signalbox statusline install\)/),
      advice: expect.stringContaining('signalbox hooks install'),
    },
  ])
  await run('hooks', 'install')
  await run('statusline', 'install')
  expect(about('Claude Code', JSON.parse(await run('doctor', '--json')))).toMatchObject([
    { state: 'ok', text: expect.stringMatching(/^plugin not installed, hooks installed, status line installed; /) },
  ])
  fs.writeFileSync(path.join(home, '.claude', 'settings.json'), '{"enabledPlugins":{"signalbox@signalbox":true}}')
  expect(about('Claude Code', JSON.parse(await run('doctor', '--json')))).toMatchObject([
    { state: 'ok', text: expect.stringMatching(/^plugin installed, hooks those of the plugin, /) },
  ])
})

test('a hub that is configured but does not answer is a failure', async () => {
  const { code, about } = await examine(tempFolder(), { SIGNALBOX_URL: 'http://127.0.0.1:9' })
  expect(code).toBe(1)
  expect(about('Hub')[0]).toMatchObject({ state: 'fail' })
  // The hub is elsewhere: this machine needs no other one.
  expect(about('Collector')[0]?.advice).toMatch(/Start it: signalbox collector$/)
})

test('invalid settings, an invalid price table and missing folders are all reported at once', async () => {
  const folder = tempFolder()
  fs.writeFileSync(path.join(folder, 'prices.json'), '[]')
  const { code, findings, about } = await examine(folder, {
    LOG_LEVEL: 'loud',
    WEEK_START: 'someday',
    PRICE_TABLE: path.join(folder, 'prices.json'),
    CLAUDE_CONFIG_DIR: path.join(folder, 'gone'),
  })
  expect(code).toBe(1)
  expect(about('Settings').map(({ text }) => text)).toEqual([expect.stringContaining('WEEK_START'), expect.stringContaining('LOG_LEVEL')])
  expect(about('Prices')[0]).toMatchObject({ state: 'fail' })
  expect(about('Transcripts')[0]).toMatchObject({
    state: 'fail',
    text: expect.stringMatching(/^CLAUDE_CONFIG_DIR names .*gone, which does not exist$/),
  })
  expect(findings.some(({ about }) => about === 'Node')).toBe(true)
})

test('a key that ends soon is warned about, one that its use keeps alive is not, and one of another machine is', async () => {
  const { hub, url } = await openHubFixture()
  const created = async (path: string, payload: object) =>
    (await hub.ask('POST', path, { payload })).json() as { key: string; code: string }
  const inDays = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString()
  const check = async (key: string) => {
    const { about } = await examine(tempFolder(), { SIGNALBOX_URL: url, SIGNALBOX_API_KEY: key, MACHINE_ID: 'box-7' })
    return about('Key')[0]
  }
  const scopes = ['ingest']
  const soon = await created('/api/keys', { name: 'soon', scopes, expires_at: inDays(29.5) })
  expect(await check(soon.key)).toMatchObject({
    state: 'warn',
    text: expect.stringMatching(/^"soon" ends on \d{4}-\d\d-\d\d, in 29 d/),
    advice: expect.stringContaining('signalbox keys create'),
  })
  const later = await created('/api/keys', { name: 'later', scopes, expires_at: inDays(31), machine_id: 'box-7' })
  expect(await check(later.key)).toMatchObject({ state: 'ok', text: expect.stringContaining(`until ${inDays(31).slice(0, 10)}`) })
  const { code } = await created('/api/invites', {})
  const invited = await created('/api/invites/redeem', { code, machine_id: 'box-7' })
  expect(await check(invited.key)).toMatchObject({ state: 'ok', text: expect.stringContaining('365 days without use') })
  const other = await created('/api/keys', { name: 'other', scopes, machine_id: 'box-8' })
  expect(await check(other.key)).toMatchObject({
    state: 'warn',
    text: '"other" is bound to the machine box-8, and this one is called box-7',
    advice: expect.stringContaining('MACHINE_ID=box-8'),
  })
})

test('an unwritable data folder is a failure, and the other checks still run', async () => {
  const folder = tempFolder()
  fs.writeFileSync(path.join(folder, 'data'), '')
  const { code, findings } = await examine(folder)
  expect(code).toBe(1)
  expect(findings.filter(({ state }) => state === 'fail').map(({ about }) => about)).toContain('Data')
  expect(findings.some(({ about }) => about === 'Time zone')).toBe(true)
})

test('in a process of its own, without --json, it prints one finding per line', async () => {
  const { code, stdout, stderr } = await signalbox(tempFolder(), ['doctor'])
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  expect(stdout).toMatch(/^ok {4}Settings/)
  expect(stdout).toMatch(/\n\d failed, \d warnings?\.\n$/)
})

test.each(['Asia/Beijing', 'Etc/Unknown', 'Foo/Bar', 'CET-1CEST,M3.5.0,M10.5.0/3'])(
  'with TZ=%s days are those of UTC: doctor and every command with times say so once, and go on',
  async (TZ) => {
    const folder = tempFolder()
    writeTranscripts(path.join(folder, 'claude'))
    const doctor = JSON.parse((await signalbox(folder, ['doctor', '--json'], { TZ, TIMEZONE: '' })).stdout) as { findings: Finding[] }
    expect(doctor.findings.filter(({ about }) => about === 'Time zone')).toEqual([
      {
        about: 'Time zone',
        state: 'warn',
        text: expect.stringContaining(`TZ is "${TZ}"`),
        advice: 'Set TIMEZONE to a name such as Europe/Berlin.',
      },
    ])
    const daily = await signalbox(folder, ['usage', 'daily', '--json'], { TZ, TIMEZONE: '' })
    expect(JSON.parse(daily.stdout)).toMatchObject({ timezone: 'UTC' })
    const ledger = openLedger({ dataDir: path.join(folder, 'data') })
    // A reset that is farther away than a day is shown with its day.
    const resetsAt = Date.UTC(new Date().getUTCFullYear(), new Date().getUTCMonth(), new Date().getUTCDate() + 3, 14, 5)
    const week: PlanWindow = { kind: 'weekly_all', label: 'Weekly limit', percentUsed: 31, resetsAt, state: 'known' }
    const captured = { source: 'console', capturedAt: Date.now(), receivedAt: Date.now() } as const
    ledger.snapshots.put({ ...captured, windows: [week], isPartial: false })
    ledger.close()
    const shown = await signalbox(folder, ['limits', '--local'], { TZ, TIMEZONE: '', COLUMNS: '200' })
    expect([shown.code, shown.stdout]).toEqual([
      0,
      expect.stringMatching(/Weekly limit .* 31% .*\((?:Sun|Mon|Tue|Wed|Thu|Fri|Sat) 14:05\)/),
    ])
    expect(shown.stderr.match(/signalbox: warning: TZ is .* Set TIMEZONE/g)).toHaveLength(1)
    expect(daily.stderr.match(/signalbox: warning: TZ is .* Set TIMEZONE/g)).toHaveLength(1)
    const chosen = await signalbox(folder, ['usage', 'daily', '--json'], { TZ, TIMEZONE: 'Europe/Berlin' })
    expect([chosen.stderr, JSON.parse(chosen.stdout)]).toMatchObject(['', { timezone: 'Europe/Berlin' }])
  },
)

test('with TZ=JST-9 days are those of 9 hours ahead of UTC, without a warning', async () => {
  const folder = tempFolder()
  writeTranscripts(path.join(folder, 'claude'))
  const env = { TZ: 'JST-9', TIMEZONE: '' }
  const doctor = JSON.parse((await signalbox(folder, ['doctor', '--json'], env)).stdout) as { findings: Finding[] }
  expect(doctor.findings.filter(({ about }) => about === 'Time zone')).toMatchObject([
    { state: 'ok', text: 'Etc/GMT-9 (9 hours ahead of UTC), from the system' },
  ])
  const hourly = await signalbox(folder, ['usage', 'hourly', '--json'], env)
  expect([hourly.stderr, JSON.parse(hourly.stdout)]).toMatchObject(['', { timezone: 'Etc/GMT-9' }])
  const [{ hour }] = (JSON.parse(hourly.stdout) as { rows: [{ hour: string }] }).rows
  const table = await signalbox(folder, ['usage', 'hourly'], env)
  expect(table.stdout).toContain('time zone Etc/GMT-9 (9 hours ahead of UTC).')
  expect(table.stdout).toContain(new Date(Date.parse(hour) + 9 * 3_600_000).toISOString().slice(0, 16).replace('T', ' '))
})

test('names the version of a hub that is another one, and what to do', async () => {
  const newer = await openHubFixture({ version: '99.0.0' })
  const { stdout } = await newer.run(['doctor', '--json'])
  const { findings } = JSON.parse(stdout) as { findings: { about: string; text: string; advice?: string }[] }
  expect(findings.find(({ about }) => about === 'Version')).toMatchObject({
    text: expect.stringMatching(/^the hub runs 99\.0\.0, and this command is older \(\d/),
    advice: expect.stringContaining('npm install --global signalbox@99.0.0'),
  })
  const printed = await newer.run(['--version'])
  expect([printed.code, printed.stdout, printed.stderr]).toEqual([0, expect.stringMatching(/^\d+\.\d+\.\d+\n$/), ''])
  const onTerminal = newer.start(['--version'], { isTTY: true })
  expect((await onTerminal.finished).stderr).toContain(`At ${newer.url} the hub runs 99.0.0, and this command is older`)
})

test('the database of a hub is looked through, running or not, and damage is an error', async () => {
  const folder = tempFolder()
  const data = path.join(folder, 'data')
  fs.mkdirSync(data)
  const file = path.join(data, 'signalbox.db')
  const db = new Database(file)
  db.exec(
    'CREATE TABLE row (text); INSERT INTO row SELECT hex(randomblob(500)) FROM (WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < 200) SELECT x FROM n)',
  )
  db.close()
  const env = { DATA_DIR: data, SIGNALBOX_URL: 'http://127.0.0.1:9' }
  expect((await examine(folder, env)).about('Hub database')).toMatchObject([{ state: 'ok', text: expect.stringContaining('whole') }])
  const descriptor = fs.openSync(file, 'r+')
  fs.writeSync(descriptor, Buffer.alloc(8_192, 0xa5), 0, 8_192, 12_288)
  fs.closeSync(descriptor)
  const { code, about } = await examine(folder, env)
  expect([code, about('Hub database')]).toMatchObject([1, [{ state: 'fail', text: expect.stringContaining('is damaged: ') }]])
})
