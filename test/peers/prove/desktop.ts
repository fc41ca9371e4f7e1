import { spawnSync } from 'node:child_process'
import path from 'node:path'
import type { DesktopNotice } from '@signalbox/contract/desktop-notice'
import { makeTempFolder, removeFolder } from '../../support/temp.ts'
import type { Checks } from './check.ts'

interface Notification {
  readonly summary: string
  readonly body: string
  readonly urgency: number
  readonly replaces: number
  readonly id: number
}

const script = `"$PYTHON" "$FOLDER/notifications.py" > "$LOG" &
while ! grep -q ready "$LOG" 2>/dev/null; do sleep 0.1; done
"$NODE" "$FOLDER/show.ts" "$NOTICES"
kill $!
cat "$LOG"`

/** The real notify-send on a bus of its own must hand on what the collector shows, and replace what it showed of the same alert. */
export function proveWithNotifySend(checks: Checks, python: string): void {
  const folder = makeTempFolder()
  const notice = {
    notice_id: 'm',
    tag: 'a1',
    title: '--help <b>',
    body: '<b>x</b> & "y"\nhttps://hub.example',
    severity: 'critical',
  } as const
  const notices: readonly DesktopNotice[] = [
    notice,
    { ...notice, tag: 'a2', severity: 'info' },
    { ...notice, title: 'over', severity: 'warning' },
  ]
  const env = {
    ...process.env,
    PYTHON: python,
    NODE: process.execPath,
    FOLDER: import.meta.dirname,
    LOG: path.join(folder, 'notifications'),
    NOTICES: JSON.stringify(notices),
  }
  const { stdout } = spawnSync('dbus-run-session', ['--', 'sh', '-c', script], { encoding: 'utf8', env, timeout: 60_000 })
  removeFolder(folder)
  const [shown = '[]', , ...lines] = stdout.split('\n').filter((line) => line !== '')
  const notifications = lines.map((line) => JSON.parse(line) as Notification)
  checks.check('desktop: notify-send shows every notice', shown === '[true,true,true]', stdout)
  checks.check(
    'desktop: title and body are text',
    notifications[0]?.summary === '--help <b>' && notifications[0].body.startsWith('&lt;b&gt;x&lt;/b&gt; &amp;'),
    notifications,
  )
  checks.check('desktop: the urgency is that of the alert', notifications.map(({ urgency }) => urgency).join() === '2,0,1', notifications)
  checks.check(
    'desktop: a later notice of an alert replaces the earlier',
    notifications.map(({ replaces }) => replaces).join() === `0,0,${notifications[0]?.id}`,
    notifications,
  )
}
