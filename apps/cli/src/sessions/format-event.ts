import type { LiveEvent } from '@signalbox/client'
import { printable } from '@signalbox/contract/printable'
import { shortId } from '../short-id.ts'
import { machineStyles, sessionStyles, taskStyles } from '../status-style.ts'
import type { Style, Terminal } from '../terminal.ts'
import { formatActivity } from './format-activity.ts'
import { formatTransition } from './timeline.ts'

const styles: Readonly<Record<string, Style | undefined>> = { ...sessionStyles, ...taskStyles, ...machineStyles }

/** An event on one line: time, type, subject and change. */
export function formatEvent({ event, at, data }: LiveEvent, timeOf: (instant: string) => string, { style }: Terminal): string {
  const text = (name: string) => (typeof data[name] === 'string' ? data[name] : undefined)
  const status = text('status') ?? ''
  // A status may have begun before the event, and a heartbeat has its own time.
  const when = text('occurred_at') ?? at ?? (event === 'session.heartbeat' ? text('last_heartbeat') : text('updated_at')) ?? ''
  const machine = text('machine_id')
  const slot = typeof data.docker_slot === 'number' ? `, slot ${data.docker_slot}` : ''
  const session = text('session_id')
  const project = text('project_id')
  const where = [session && shortId(session), project, machine && `${project === undefined ? '' : 'on '}${machine}${slot}`]
  const change = event.endsWith('.status') ? formatTransition(text('from'), status) : status
  const colour = styles[status]
  // Of a session that is not seen, only the past is known.
  const activity =
    event.startsWith('session.') && text('not_seen_since') === undefined
      ? formatActivity(data as { activity?: 'working'; waiting_for?: 'input' })
      : ''
  return [
    style('dim', timeOf(when).slice(11)),
    event.padEnd(17),
    printable(where.filter((part) => part !== undefined && part !== '').join(' ')),
    colour === undefined ? printable(change) : style(colour, printable(change)),
    activity,
    text('not_seen_since') === undefined ? '' : `not seen since ${timeOf(text('not_seen_since') ?? '').slice(11)}`,
    event === 'session.updated' && Array.isArray(data.changed) ? printable(data.changed.join(', ')) : '',
    printable([text('task_name')?.slice(0, 80), text('reason') ?? text('error_message')].filter((part) => part !== undefined).join(': ')),
  ]
    .filter((part) => part !== '')
    .join('  ')
}
