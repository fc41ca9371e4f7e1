import type { LiveEvent } from '@signalbox/client'
import { printable } from '../printable.ts'
import { shortId } from '../short-id.ts'
import { machineStyles, sessionStyles, taskStyles } from '../status-style.ts'
import type { Style, Terminal } from '../terminal.ts'
import { activityText } from './activity.ts'
import { moveText } from './timeline.ts'

const styles: Readonly<Record<string, Style | undefined>> = { ...sessionStyles, ...taskStyles, ...machineStyles }

/** An event in a line: when, what, who, and what it became. */
export function eventLine({ event, at, data }: LiveEvent, timeOf: (instant: string) => string, { style }: Terminal): string {
  const text = (name: string) => (typeof data[name] === 'string' ? data[name] : undefined)
  const status = text('status') ?? ''
  // A status may be dated earlier than it was noticed, a beat is dated by itself.
  const when = text('occurred_at') ?? at ?? (event === 'session.heartbeat' ? text('last_heartbeat') : text('updated_at')) ?? ''
  const machine = text('machine_id')
  const slot = typeof data.docker_slot === 'number' ? `, slot ${data.docker_slot}` : ''
  const session = text('session_id')
  const project = text('project_id')
  const where = [session && shortId(session), project, machine && `${project === undefined ? '' : 'on '}${machine}${slot}`]
  const move = event.endsWith('.status') ? moveText(text('from'), status) : status
  const colour = styles[status]
  const doing = event.startsWith('session.') ? activityText(data as { activity?: 'working'; waiting_for?: 'input' }) : ''
  return [
    style('dim', timeOf(when).slice(11)),
    event.padEnd(17),
    printable(where.filter((part) => part !== undefined && part !== '').join(' ')),
    colour === undefined ? printable(move) : style(colour, printable(move)),
    doing,
    event === 'session.updated' && Array.isArray(data.changed) ? printable(data.changed.join(', ')) : '',
    printable([text('task_name')?.slice(0, 80), text('reason') ?? text('error_message')].filter((part) => part !== undefined).join(': ')),
  ]
    .filter((part) => part !== '')
    .join('  ')
}
