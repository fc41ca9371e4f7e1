import { describeClockSkew } from '@signalbox/contract/clock-skew'
import type { CollectorStatus } from '@signalbox/contract/collector'
import { formatDuration } from '@signalbox/contract/duration-text'
import { readCollectorStatus } from '../collector-status.ts'
import { formatCount } from '../format-number.ts'
import { collectorCommand } from '../start-collector.ts'
import { type Check, type Finding, fail, ok, warn } from './check.ts'

export const collector: Check = ({ io, env, settings: { DATA_DIR }, now }) => {
  const about = 'Collector'
  const status = readCollectorStatus(io, DATA_DIR)
  if (status === undefined)
    return [
      warn(
        about,
        'none has run on this machine yet',
        `Without it the hub gets no calls and no plan limits of this machine. Start it: ${collectorCommand(env)}`,
      ),
    ]
  if (!status.running) {
    return [
      warn(
        about,
        `not running; last seen ${formatDuration(now - Date.parse(status.updated_at))} ago`,
        `Start it: ${collectorCommand(env)}`,
      ),
    ]
  }
  const { read, sent } = status
  const findings: Finding[] = [
    ok(
      about,
      `running for ${formatDuration(now - Date.parse(status.started_at))}, sent ${formatCount(sent.calls, 'call')} to ${status.hub}`,
    ),
  ]
  if (read.problem !== undefined) findings.push(fail(about, `transcripts cannot be read: ${read.problem}`, 'It retries every few seconds.'))
  // Before the first scan it is not known whether the system reports changes.
  if (!read.watching && read.at !== undefined) {
    findings.push(warn(about, 'the system reports no file changes, so it polls', 'On Linux, raise fs.inotify.max_user_watches.'))
  }
  if (sent.problem !== undefined) {
    const text = `calls cannot be sent: ${sent.problem}`
    findings.push(
      status.state === 'refused'
        ? fail(about, text, sent.suggestion ?? 'See its log.')
        : warn(about, text, sent.suggestion ?? 'It keeps retrying; no data is lost.'),
    )
  }
  const skew = describeClockSkew(status.clock_skew_ms)
  if (skew !== undefined) findings.push(warn(about, skew.problem, skew.suggestion))
  return [...findings, ...checkSessions(status)]
}

function checkSessions({ sessions, state }: CollectorStatus): Finding[] {
  const about = 'Sessions'
  if (sessions === undefined) return []
  const { alive, problem, sent, watching } = sessions
  const findings: Finding[] = [ok(about, `${formatCount(alive, 'session')} of Claude Code alive`)]
  if (problem !== undefined) findings.push(fail(about, `cannot be observed: ${problem}`, 'It retries every few seconds.'))
  if (!watching) {
    findings.push(
      warn(about, 'the system reports no changes of process files, so it polls', 'On Linux, raise fs.inotify.max_user_watches.'),
    )
  }
  if (sent.problem !== undefined) {
    const text = `observations cannot be sent: ${sent.problem}`
    const advice = sent.suggestion ?? 'It keeps retrying; no change of a session is lost.'
    findings.push(state === 'refused' ? fail(about, text, advice) : warn(about, text, advice))
  }
  return findings
}
