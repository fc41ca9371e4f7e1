import fs from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { tempFolder } from '../../../../test/support/temp.ts'
import { writeTranscripts } from '../../../../test/support/transcripts.ts'
import { runCommand, signalbox } from '../cli.suite.ts'

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
  expect(about('Upload queue')[0]?.text).toContain(`${calls.length} calls not sent to a hub yet`)
  expect(about('Hub')[0]).toMatchObject({ state: 'warn', advice: expect.stringContaining('signalbox up') })
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
  })
  expect(code).toBe(1)
  expect(about('Settings').map(({ text }) => text)).toEqual([expect.stringContaining('WEEK_START'), expect.stringContaining('LOG_LEVEL')])
  expect(about('Prices')[0]).toMatchObject({ state: 'fail' })
  expect(about('Transcripts')[0]).toMatchObject({ state: 'warn', advice: expect.stringContaining('CLAUDE_CONFIG_DIR') })
  expect(findings.some(({ about }) => about === 'Node')).toBe(true)
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

test.each([':/etc/localtime', 'Etc/Unknown', 'Foo/Bar', 'CET-1CEST,M3.5.0,M10.5.0/3'])(
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
    const limits = await signalbox(folder, ['limits', '--local'], { TZ, TIMEZONE: '' })
    expect([limits.code, limits.stderr, limits.stdout]).toEqual([1, '', expect.stringContaining('No plan limits yet.')])
    expect(daily.stderr.match(/signalbox: warning: TZ is .* Set TIMEZONE/g)).toHaveLength(1)
    const chosen = await signalbox(folder, ['usage', 'daily', '--json'], { TZ, TIMEZONE: 'Europe/Berlin' })
    expect([chosen.stderr, JSON.parse(chosen.stdout)]).toMatchObject(['', { timezone: 'Europe/Berlin' }])
  },
)
