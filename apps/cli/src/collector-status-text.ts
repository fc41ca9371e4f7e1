import { describeClockSkew } from '@signalbox/contract/clock-skew'
import type { CollectorStatus } from '@signalbox/contract/collector'
import { formatDuration } from '@signalbox/contract/duration-text'
import { type Detail, renderDetails } from './details.ts'
import { formatCount } from './format-number.ts'
import { limitStatusDetails } from './limits/limit-status-details.ts'
import type { Terminal } from './terminal.ts'
import { unsent } from './unsent.ts'
import { wrapText } from './wrap-text.ts'

interface StatusContext {
  readonly running: boolean
  readonly now: number
  /** The command that starts a collector. */
  readonly start: string
}

/** What `signalbox collector status` prints: whether it runs, what it reads and sends, and where plan limits come from. */
export function formatStatus(status: CollectorStatus, terminal: Terminal, context: StatusContext): string {
  const { now, running } = context
  const sections = [renderDetails(details(status, context), terminal)]
  if (status.limits !== undefined) {
    const { sources, sending } = limitStatusDetails(status.limits, running, now)
    sections.push(`${terminal.style('bold', 'Plan limits')}\n${renderDetails([...sources, ...sending], terminal)}`)
  }
  const head = wrapText(headline(status, context), terminal.columns).join('\n')
  return `${terminal.style(running ? 'green' : 'red', head)}\n\n${sections.join('\n')}`
}

function headline({ machine_id, started_at, updated_at, pid, hub }: CollectorStatus, { running, now, start }: StatusContext): string {
  const since = (at: string) => formatDuration(now - Date.parse(at))
  return running
    ? `The collector on ${machine_id} has been running for ${since(started_at)} (process ${pid}), and sends to ${hub}.`
    : `The collector on ${machine_id} is not running; it was last seen ${since(updated_at)} ago. Start it: ${start}`
}

function details(status: CollectorStatus, { running, now }: StatusContext): Detail[] {
  const { read, sent, pending, set_aside, clock_skew_ms } = status
  const ago = (at: string | undefined, verb: string) =>
    at === undefined ? `not ${verb} yet` : `last ${verb} ${formatDuration(now - Date.parse(at))} ago`
  const skew = describeClockSkew(clock_skew_ms)
  return [
    [
      'Transcripts',
      [
        formatCount(read.transcripts, 'file'),
        `${formatCount(read.calls_new, 'new call')} since it started`,
        ago(read.at, 'read'),
        ...(read.watching || read.at === undefined ? [] : ['polling, because the system reports no file changes']),
      ].join(', '),
    ],
    problem(read.problem === undefined ? undefined : `Transcripts cannot be read: ${read.problem}`),
    ['Sent', `${formatCount(sent.calls, 'record')} since it started, ${ago(sent.at, 'sent')}`],
    [
      'Waiting',
      `${pending === 0 ? 'nothing' : formatCount(pending, 'record')}${set_aside > 0 ? `; ${set_aside} rejected by the hub, see \`signalbox doctor\`` : ''}`,
      set_aside > 0 ? 'yellow' : undefined,
    ],
    problem(unsent('Calls', sent, running, now)),
    ...sessionDetails(status, running, now),
    ['Clock', skew === undefined ? undefined : `${skew.problem}. ${skew.suggestion}`, 'yellow'],
  ]
}

/** What the collector knows of sessions; nothing of a collector that does not watch them. */
function sessionDetails({ sessions }: CollectorStatus, running: boolean, now: number): Detail[] {
  if (sessions === undefined) return []
  const { alive, versions, pending, sent, watching } = sessions
  const facts = [
    `${formatCount(alive, 'session')} of Claude Code alive${versions.length === 0 ? '' : ` (${versions.join(', ')})`}`,
    sent.at === undefined ? 'nothing sent yet' : `last sent ${formatDuration(now - Date.parse(sent.at))} ago`,
    ...(pending === 0 ? [] : [`${formatCount(pending, 'observation')} waiting`]),
    ...(watching ? [] : ['polling, because the system reports no file changes']),
  ]
  return [
    ['Sessions', facts.join(', ')],
    problem(sessions.problem === undefined ? undefined : `Sessions cannot be observed: ${sessions.problem}`),
    problem(unsent('Observations', sent, running, now)),
  ]
}

function problem(text: string | undefined): Detail {
  return ['', text, 'red']
}
