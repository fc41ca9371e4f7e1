import { spawnSync } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { tempFolder } from '../../../../test/support/temp.ts'
import { runCommand } from '../cli.suite.ts'

/** A user of a system, on which the program of the service manager writes its arguments down. */
function user(platform: NodeJS.Platform, script = '') {
  const home = tempFolder()
  const bin = path.join(home, 'bin')
  fs.mkdirSync(bin)
  const name = { linux: 'systemctl', darwin: 'launchctl', win32: 'schtasks' }[platform as string]!
  const log = path.join(home, 'calls')
  fs.writeFileSync(path.join(bin, name), `#!/bin/sh\nPATH=/usr/bin:/bin\necho "$*" >> '${log}'\n${script}\n`, { mode: 0o755 })
  const folders = { HOME: home, XDG_CONFIG_HOME: path.join(home, '.config'), PATH: bin }
  return {
    home,
    calls: () => fs.readFileSync(log, 'utf8').trim().split('\n'),
    service: (words: string, env: Record<string, string> = {}) =>
      runCommand(home, ['service', ...words.split(' ')], { ...folders, ...env }, { platform }),
  }
}

describe.skipIf(process.platform === 'win32')('signalbox service', () => {
  test('on Linux: a unit with the settings of the shell but its secrets; again it is updated; uninstall removes it', async () => {
    const { home, calls, service } = user('linux')
    const unit = path.join(home, '.config/systemd/user/signalbox.service')
    const dry = await service('install --dry-run')
    expect([dry.code, fs.existsSync(unit)]).toEqual([0, false])
    expect(dry.stdout).toContain('[Service]\nExecStart="')

    const settings = {
      PORT: '8080',
      PUBLIC_URL: 'https://hub.example/a%20b'.replace('%20', '_'),
      API_KEYS: 'a-secret',
      HTTPS_PROXY: 'http://me:word@proxy',
    }
    const installed = await service('install', settings)
    expect([installed.code, installed.stdout]).toEqual([0, expect.stringContaining('Signalbox runs, and starts again whenever you log in')])
    expect(installed.stderr).toMatch(/not passed on.*: API_KEYS, HTTPS_PROXY\. /)
    const text = fs.readFileSync(unit, 'utf8')
    expect(text).toMatch(/signalbox\.cjs" "up"\n/)
    expect(text).toContain('Environment="PORT=8080"\n')
    expect(text).toContain('Environment="PUBLIC_URL=https://hub.example/a_b"\n')
    expect(text).toContain(`EnvironmentFile=-${home}/.config/signalbox/service.env\n`)
    expect(text).not.toMatch(/a-secret|word@proxy/)
    verify(unit)
    expect(calls()).toEqual([
      '--user show-environment',
      '--user daemon-reload',
      '--user enable signalbox.service',
      '--user restart signalbox.service',
    ])

    await service('install', { PORT: '8081' })
    expect(fs.readFileSync(unit, 'utf8')).toContain('"PORT=8081"')
    expect((await service('status')).stdout).toMatch(/^up: runs \(.*signalbox\.service\)\n$/)
    // Hub and collector are in it already.
    expect((await service('install hub')).stderr).toContain('there is a service of `signalbox up` already')

    const removed = await service('uninstall')
    expect([removed.code, removed.stdout]).toEqual([0, expect.stringContaining('its service removed. Its data stays in')])
    expect(fs.existsSync(unit)).toBe(false)
    expect(calls().slice(-2)).toEqual(['--user disable --now signalbox.service', '--user daemon-reload'])
    expect((await service('uninstall')).stderr).toContain('there is no ')
  })

  test('what would be written is shown where no systemd runs, and to start it there is refused', async () => {
    const { service } = user('linux', 'exit 1')
    const dry = await service('install --dry-run')
    expect([dry.code, dry.stdout]).toEqual([0, expect.stringContaining('[Service]\nExecStart="')])
    const refused = await service('install')
    expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining('there is no systemd session of this user here')])
  })

  test('on Linux: the hub alone, which reads its certificate again at a reload', async () => {
    const { home, service } = user('linux')
    const files = { TLS_CERT: '/etc/ssl/hub.crt', TLS_KEY: '/etc/ssl/hub.key' }
    expect((await service('install hub', { ...files, CLAUDE_CONFIG_DIR: '/of/the/collector' })).code).toBe(0)
    const unit = path.join(home, '.config/systemd/user/signalbox-hub.service')
    const text = fs.readFileSync(unit, 'utf8')
    expect(text).toContain('ExecReload=/bin/kill -HUP $MAINPID\n')
    expect(text).not.toContain('CLAUDE_CONFIG_DIR')
    verify(unit)
  })

  test('what someone else has written stays, and what fails is said', async () => {
    const { home, service } = user('linux', 'case "$*" in *restart*) echo "Job failed." >&2; exit 1;; *is-active*) exit 3;; esac')
    const folder = path.join(home, '.config/systemd/user')
    fs.mkdirSync(folder, { recursive: true })
    const unit = path.join(folder, 'signalbox-hub.service')
    fs.writeFileSync(unit, '[Service]\nExecStart=/bin/true\n')
    for (const words of ['install hub', 'uninstall hub']) {
      const { code, stderr } = await service(words)
      expect([code, stderr]).toEqual([1, expect.stringContaining('was not written by `signalbox service install`, and stays as it is')])
    }
    expect(fs.readFileSync(unit, 'utf8')).toContain('/bin/true')
    fs.rmSync(unit)
    const failed = await service('install hub')
    expect([failed.code, failed.stderr]).toEqual([1, expect.stringContaining('the service was not started: Job failed.')])
    const status = await service('status')
    expect([status.code, status.stdout]).toEqual([1, expect.stringContaining('hub: does not run')])

    const without = await user('linux', 'exit 1').service('install')
    expect([without.code, without.stderr]).toEqual([1, expect.stringContaining('there is no systemd session of this user here')])
  })

  test('on macOS an agent, on Windows a task', async () => {
    const mac = user('darwin')
    expect((await mac.service('install hub', { PORT: '8080' })).code).toBe(0)
    const agent = path.join(mac.home, 'Library/LaunchAgents/dev.signalbox.hub.plist')
    expect(fs.readFileSync(agent, 'utf8')).toMatch(/<key>PORT<\/key>\n\s*<string>8080<\/string>/)
    expect(mac.calls().at(-1)).toMatch(/^bootstrap gui\/\d+ .*dev\.signalbox\.hub\.plist$/)
    expect((await mac.service('uninstall hub')).code).toBe(0)
    expect(fs.existsSync(agent)).toBe(false)

    const windows = user('win32')
    expect((await windows.service('install')).code).toBe(0)
    expect(windows.calls()).toEqual([
      expect.stringMatching(/^\/Create \/F \/SC ONLOGON .*\/TN Signalbox \/TR ".*" "up"$/),
      '/Run /TN Signalbox',
    ])
    expect((await windows.service('uninstall')).code).toBe(0)
    expect(windows.calls().at(-1)).toBe('/Delete /F /TN Signalbox')
    expect((await user('win32', 'exit 1').service('uninstall')).code).toBe(1)
  })
})

/** systemd's own reader of units; the programs that a unit names must be there. */
function verify(unit: string): void {
  if (spawnSync('systemd-analyze', ['--version']).status !== 0) return
  const { status, stderr } = spawnSync('systemd-analyze', ['verify', '--man=no', unit], { encoding: 'utf8' })
  expect([status, stderr.split('\n').filter((line) => line.includes(path.basename(unit)))]).toEqual([0, []])
}
