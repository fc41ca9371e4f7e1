import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import type { DesktopNotice } from '@signalbox/contract/desktop-notice'
import { describe, expect, it } from 'vitest'
import { tempFolder } from '../../../../test/support/temp.ts'
import { findDesktop } from './notify-send.ts'

const notice: DesktopNotice = {
  notice_id: 'm1',
  tag: 'a1',
  title: '-x $(id)',
  body: '<b>x</b> & "y"',
  severity: 'critical',
  url: 'https://hub.example/a',
}

/** A folder with a `notify-send` that notes its arguments and answers with a number, or fails. */
function desktopWith(script = 'n=$(cat "$COUNT" 2>/dev/null || echo 6); n=$((n + 1)); echo $n > "$COUNT"; echo $n') {
  const folder = tempFolder()
  const program = path.join(folder, 'notify-send')
  const log = path.join(folder, 'log')
  writeFileSync(program, `#!/bin/sh\nfor one in "$@"; do printf '%s\\n' "$one" >> "${log}"; done\nprintf '=\\n' >> "${log}"\n${script}\n`)
  chmodSync(program, 0o755)
  const env = { PATH: `${folder}:/usr/bin:/bin`, DBUS_SESSION_BUS_ADDRESS: 'unix:path=/nowhere', COUNT: path.join(folder, 'count') }
  const calls = () =>
    existsSync(log)
      ? readFileSync(log, 'utf8')
          .split('=\n')
          .slice(0, -1)
          .map((call) => call.trimEnd().split('\n'))
      : []
  return { env, calls }
}

describe.skipIf(process.platform === 'win32')('a desktop', () => {
  it('shows a notice with its urgency; no text of it is an option, a command or markup', async () => {
    const { env, calls } = desktopWith()
    expect(await findDesktop(env, 'linux')?.show(notice)).toBe(true)
    expect(calls()).toEqual([
      [
        '--app-name=Signalbox',
        '--urgency=critical',
        '--print-id',
        '--',
        '-x $(id)',
        '&lt;b&gt;x&lt;/b&gt; &amp; "y"',
        'https://hub.example/a',
      ],
    ])
  })

  it('replaces the notification of the same alert, and only that', async () => {
    const { env, calls } = desktopWith()
    const desktop = findDesktop(env, 'linux')
    await desktop?.show(notice)
    await desktop?.show({ ...notice, tag: 'a2' })
    await desktop?.show({ ...notice, severity: 'info' })
    expect(calls().map((args) => args.find((one) => one.startsWith('--replace-id')))).toEqual([undefined, undefined, '--replace-id=7'])
  })

  it('that shows nothing says so', async () => {
    const { env } = desktopWith('exit 1')
    expect(await findDesktop(env, 'linux')?.show(notice)).toBe(false)
  })

  it('is not there without the program, without a bus, and on another system', () => {
    const { env } = desktopWith()
    expect(findDesktop({ ...env, PATH: '/nowhere' }, 'linux')).toBeUndefined()
    expect(findDesktop({ PATH: env.PATH }, 'linux')).toBeUndefined()
    expect(findDesktop({ PATH: env.PATH, XDG_RUNTIME_DIR: '/nowhere' }, 'linux')).toBeUndefined()
    expect(findDesktop(env, 'darwin')).toBeUndefined()
  })
})
